import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { objectPath, parseUnits } from "./systemd.ts";

describe("what systemctl shows", () => {
  it("is one unit a paragraph, with equals signs allowed in values", () => {
    const units = parseUnits(
      "Id=ssh.service\nDescription=a=b\nActiveState=active\n\nId=-.mount\nDescription=Root Mount\nActiveState=active\n",
    );
    assert.deepEqual(
      units.map((unit) => [unit.get("Id"), unit.get("Description")]),
      [
        ["ssh.service", "a=b"],
        ["-.mount", "Root Mount"],
      ],
    );
  });

  it("leads to the unit's object on D-Bus", () => {
    assert.equal(objectPath("ssh.service"), "/org/freedesktop/systemd1/unit/ssh_2eservice");
    assert.equal(objectPath("-.mount"), "/org/freedesktop/systemd1/unit/_2d_2emount");
  });
});
