import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type GroundNews, rounds } from "./compliance.ts";

const news = (deviceId: string, version: number, tenant = "acme"): GroundNews => ({
  tenant,
  deviceId,
  ground: "policy:disk",
  version,
  breaks: true,
  clearsOthers: false,
  eventId: "",
  at: new Date(0),
  initiator: "policy",
  reasonAdmin: "",
  reasonUser: "",
});

describe("news of grounds", () => {
  it("are parted so that none has a device twice, and a device's keep their order", () => {
    const parts = rounds([news("a", 1), news("b", 1), news("a", 2), news("a", 3), news("b", 2)]);
    const shown = parts.map((part) => part.map(({ deviceId, version }) => `${deviceId}${version}`));
    assert.deepEqual(shown, [["a1", "b1"], ["a2", "b2"], ["a3"]]);
  });

  it("of devices with one name in two tenants are of two devices", () => {
    assert.equal(rounds([news("a", 1), news("a", 1, "globex")]).length, 1);
  });
});
