import type { IdentityServiceServer } from "@muster/contracts/gen/muster/gateway/v1/identity_service";
import type { Caller } from "@muster/rpc/caller";
import type { Methods } from "@muster/rpc/server";
import type { Principal } from "../domain/principal.ts";
import { ACTIONS } from "../domain/roles.ts";
import type { IdentityMethods } from "../usecases/identity-methods.ts";

/** IdentityService for Muster's own services, which hold the service token and so every right in the tenant they name. */
export function identityService(methods: IdentityMethods): Methods<IdentityServiceServer> {
  const principalOf = ({ tenant, actor }: Caller): Principal => ({
    tenant,
    actor,
    role: "admin",
    actions: ACTIONS.admin,
    bounds: [],
    id: actor,
    ownerId: "",
    credential: "",
    proof: "service",
  });
  const offered = Object.entries(methods).map(([name, method]) => [
    name,
    (request: never, caller: Caller) =>
      (method as (request: never, principal: Principal) => unknown)(request, principalOf(caller)),
  ]);
  return Object.fromEntries(offered) as Methods<IdentityServiceServer>;
}
