import { type Resources, time } from "./resource.ts";

export const PEOPLE_RESOURCES: Resources = {
  users: {
    path: "/api/v1/users",
    field: "users",
    paged: false,
    columns: [
      ["email", (user) => user.email],
      ["name", (user) => user.name],
      ["role", (user) => user.role],
      ["disabled", (user) => (user.disabled ? "yes" : "no")],
      ["last sign-in", (user) => time(user.lastSignInAt)],
      ["id", (user) => user.id],
    ],
  },
  tokens: {
    path: "/api/v1/api-tokens",
    field: "apiTokens",
    paged: false,
    columns: [
      ["name", (token) => token.name],
      ["role", (token) => token.role],
      ["ends with", (token) => token.hint],
      ["last used", (token) => time(token.lastUsedAt)],
      ["revoked", (token) => time(token.revokedAt)],
      ["id", (token) => token.id],
    ],
  },
};
