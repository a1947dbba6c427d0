import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readRegistry } from "@muster/contracts/descriptors";
import { restRoutes } from "@muster/contracts/rest";
import { ACTIONS, covers, ROLES, type Role } from "./roles.ts";

const mayDo = (role: Role, action: string) => ACTIONS[role].includes(action);
const routes = restRoutes(readRegistry());

describe("roles", () => {
  it("grant every right that a method asks for to somebody", () => {
    const granted = new Set(ROLES.flatMap((role) => ACTIONS[role]));
    assert.deepEqual(
      routes.filter(({ action }) => !granted.has(action)).map(({ action, path }) => `${action} of ${path}`),
      [],
    );
  });

  it("grant no right that no method asks for", () => {
    const asked = new Set(routes.map(({ action }) => action));
    assert.deepEqual(
      ROLES.flatMap((role) => ACTIONS[role]).filter((action) => !asked.has(action)),
      [],
    );
  });

  it("let administrators do everything, and auditors and viewers change nothing but how they sign in", () => {
    for (const { action, method, path } of routes) {
      assert.ok(mayDo("admin", action), path);
      if (method === "GET" || action === "self.write") continue;
      assert.ok(!mayDo("auditor", action), `auditor: ${method} ${path}`);
      assert.ok(!mayDo("viewer", action), `viewer: ${method} ${path}`);
    }
  });

  it("keep from viewers what may hold secrets, and from operators who may sign in and what opens a disk", () => {
    const denied = (role: "viewer" | "operator") =>
      [...new Set(routes.map(({ action }) => action))].filter((action) => !mayDo(role, action)).toSorted();
    assert.deepEqual(denied("operator"), [
      "account_sign_in.read",
      "account_sign_in.write",
      "apple_identity.read",
      "apple_identity.write",
      "audit.read",
      "backbone.read",
      "campaign.approve",
      "enrollment.disown",
      "enrollment.import",
      "parked.read",
      "parked.write",
      "push.write",
      "role.read",
      "role.write",
      "secret.reveal",
      "sign_in_provider.read",
      "sign_in_provider.write",
      "tenant.read",
      "tenant.write",
      "user.read",
      "user.write",
    ]);
    for (const action of [
      "command.read",
      "script.read",
      "carve.read",
      "osquery.read",
      "activity.read",
      "enrollment.secrets",
    ]) {
      assert.ok(denied("viewer").includes(action), action);
    }
  });

  it("are compared by what they may do", () => {
    const mayAllOf = (one: Role, other: Role) => covers(ACTIONS[one], ACTIONS[other]);
    assert.ok(mayAllOf("admin", "operator") && mayAllOf("admin", "auditor") && mayAllOf("auditor", "viewer"));
    assert.ok(!mayAllOf("operator", "admin") && !mayAllOf("operator", "auditor") && !mayAllOf("viewer", "auditor"));
  });
});
