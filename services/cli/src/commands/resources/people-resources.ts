import { type Resources, resource, time } from "./resource.ts";

export const PEOPLE_RESOURCES: Resources = {
  users: resource({
    path: "/api/v1/users",
    field: "users",
    paged: false,
    one: ["delete"],
    columns: [
      ["email", (user) => user.email],
      ["name", (user) => user.name],
      ["role", (user) => user.role],
      ["disabled", (user) => (user.disabled ? "yes" : "no")],
      ["last sign-in", (user) => time(user.lastSignInAt)],
      ["id", (user) => user.id],
    ],
  }),
  roles: resource({
    path: "/api/v1/roles",
    field: "roles",
    paged: false,
    key: "name",
    one: ["delete"],
    columns: [
      ["name", (role) => role.name],
      ["rights", (role) => role.actions.length],
      ["made by", (role) => (role.builtIn ? "Muster" : role.createdBy)],
      ["description", (role) => role.description],
    ],
  }),
  "sign-in-providers": resource({
    path: "/api/v1/sign-in-providers",
    field: "signInProviders",
    paged: false,
    one: ["delete"],
    columns: [
      ["name", (provider) => provider.name],
      ["issuer", (provider) => provider.issuer],
      ["client", (provider) => provider.clientId],
      ["groups", (provider) => provider.rolesOfGroups?.length ?? 0],
      ["keeps its people here", (provider) => (provider.scim ? "yes" : "no")],
      ["id", (provider) => provider.id],
    ],
  }),
  tenants: resource({
    path: "/api/v1/tenants",
    field: "tenants",
    paged: false,
    columns: [
      ["id", (tenant) => tenant.id],
      ["name", (tenant) => tenant.name],
      ["made", (tenant) => time(tenant.createdAt)],
    ],
  }),
  tokens: resource({
    path: "/api/v1/api-tokens",
    field: "apiTokens",
    paged: false,
    one: ["delete"],
    columns: [
      ["name", (token) => token.name],
      ["role", (token) => token.role],
      ["ends with", (token) => token.hint],
      ["last used", (token) => time(token.lastUsedAt)],
      ["revoked", (token) => time(token.revokedAt)],
      ["id", (token) => token.id],
    ],
  }),
};
