import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readGroupRoles, writeGroupRoles } from "./group-roles.ts";

describe("roles of a provider's groups", () => {
  it("are written one a line, in their order", () => {
    const roles = [
      { group: "cn=it,dc=example", role: "admin" },
      { group: "support", role: "helpdesk" },
    ];
    assert.equal(writeGroupRoles(roles), "cn=it,dc=example = admin\nsupport = helpdesk");
    assert.deepEqual(readGroupRoles(`${writeGroupRoles(roles)}\n\n`), roles);
  });

  it("lack a role where none is written, which the platform refuses with its reason", () => {
    assert.deepEqual(readGroupRoles("support"), [{ group: "support", role: "" }]);
  });
});
