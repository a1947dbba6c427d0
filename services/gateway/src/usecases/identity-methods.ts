import type { IdentityServiceServer } from "@muster/contracts/gen/muster/gateway/v1/identity_service";
import { FIRST_TENANT } from "../domain/principal.ts";
import type { ApiTokens } from "./api-tokens.ts";
import type { OwnMethods } from "./own-methods.ts";
import type { Roles } from "./roles.ts";
import type { Tenants } from "./tenants.ts";
import type { Users } from "./users.ts";

/** IdentityService as the gateway answers it: with the caller as proved here, its role included. */
export type IdentityMethods = OwnMethods<IdentityServiceServer>;

export interface IdentityUsecases {
  readonly tenants: Tenants;
  readonly users: Users;
  readonly apiTokens: ApiTokens;
  readonly roles: Roles;
}

export function identityMethods({ tenants, users, apiTokens, roles }: IdentityUsecases): IdentityMethods {
  return {
    getCaller: async (_request, { tenant, actor, role, actions, bounds, ownerId }) => ({
      tenantId: tenant,
      actor,
      role,
      actions: [...actions],
      bounds: bounds.map((labelIds) => ({ labelIds: [...labelIds] })),
      userId: ownerId,
    }),
    listTenants: async (_request, principal) => ({
      tenants: await (principal.tenant === FIRST_TENANT ? tenants.listAll() : tenants.listOwn(principal.tenant)),
    }),
    createTenant: (request, principal) => tenants.create(request, principal),
    createUser: async (request, principal) => ({ user: await users.create(request, principal) }),
    listUsers: async (_request, principal) => ({ users: await users.list(principal.tenant) }),
    updateUser: async (request, principal) => ({ user: await users.update(request, principal) }),
    deleteUser: async (request, principal) => {
      await users.delete(request, principal);
      return {};
    },
    createApiToken: async (request, principal) => ({ apiToken: await apiTokens.create(request, principal) }),
    listApiTokens: async (_request, principal) => ({ apiTokens: await apiTokens.list(principal.tenant) }),
    revokeApiToken: async ({ id }, principal) => ({ apiToken: await apiTokens.revoke(id, principal) }),
    listRoles: async (_request, principal) => ({ roles: await roles.list(principal.tenant) }),
    createRole: async (request, principal) => ({ role: await roles.create(request, principal) }),
    updateRole: async (request, principal) => ({ role: await roles.update(request, principal) }),
    checkRole: async ({ role }, principal) => ({ role: await roles.check(role, principal) }),
    deleteRole: async (request, principal) => {
      await roles.delete(request, principal);
      return {};
    },
  };
}
