import { type Resources, resource, short } from "./resource.ts";

export const POLICY_RESOURCES: Resources = {
  policies: resource({
    path: "/api/v1/policies",
    field: "policies",
    paged: false,
    one: ["get", "delete"],
    columns: [
      ["name", (policy) => policy.name],
      ["severity", (policy) => short(policy.severity)],
      ["pass", (policy) => policy.passCount],
      ["fail", (policy) => policy.failCount],
      ["unknown", (policy) => policy.unknownCount],
      ["stale", (policy) => policy.staleCount],
      ["id", (policy) => policy.id],
    ],
  }),
  profiles: resource({
    path: "/api/v1/profiles",
    field: "profiles",
    paged: false,
    one: ["get", "delete"],
    columns: [
      ["name", (profile) => profile.name],
      ["identifier", (profile) => profile.identifier],
      ["revision", (profile) => profile.revision],
      ["pending", (profile) => profile.counts?.pending ?? 0],
      ["delivered", (profile) => profile.counts?.delivered ?? 0],
      ["verified", (profile) => profile.counts?.verified ?? 0],
      ["failed", (profile) => profile.counts?.failed ?? 0],
      ["removing", (profile) => profile.counts?.removing ?? 0],
      ["id", (profile) => profile.id],
    ],
  }),
  declarations: resource({
    path: "/api/v1/declarations",
    field: "declarations",
    paged: false,
    one: ["get", "delete"],
    columns: [
      ["name", (declaration) => declaration.name],
      ["type", (declaration) => declaration.type.replace("com.apple.", "")],
      ["enabled", (declaration) => (declaration.enabled ? "yes" : "no")],
      ["pending", (declaration) => declaration.counts?.pending],
      ["active", (declaration) => declaration.counts?.active],
      ["inactive", (declaration) => declaration.counts?.inactive],
      ["invalid", (declaration) => declaration.counts?.invalid],
      ["id", (declaration) => declaration.id],
    ],
  }),
};
