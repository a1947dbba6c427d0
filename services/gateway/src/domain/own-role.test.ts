import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { actionsOf, ownRoleName } from "./own-role.ts";

describe("a role of a tenant's own", () => {
  it("has each right once, and always has the rights to itself", () => {
    assert.deepEqual(actionsOf(["device.read", "command.write", "device.read"]), [
      "command.write",
      "device.read",
      "self.read",
      "self.write",
    ]);
  });

  it("has no right that there is not, and not none", () => {
    assert.throws(() => actionsOf(["device.explode"]), { code: "identity.unknown_right" });
    assert.throws(() => actionsOf([]), { code: "identity.unknown_right" });
  });

  it("has a short name that is not one of Muster's", () => {
    assert.equal(ownRoleName("berlin-helpdesk"), "berlin-helpdesk");
    assert.throws(() => ownRoleName("Berlin helpdesk"), { code: "identity.bad_name" });
    assert.throws(() => ownRoleName("admin"), { code: "identity.role_built_in" });
  });
});
