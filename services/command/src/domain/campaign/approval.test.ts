import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allowanceFor, isDestructive, weightOf } from "./approval.ts";

const apple = (requestType: string) => ({
  type: "apple" as const,
  apple: { requestType, parameters: {}, rawPlist: "", userId: "" },
});

describe("what a second person has to approve", () => {
  it("is what takes a device away from its user, or what nobody knows", () => {
    const of = (requestType: string) => isDestructive(apple(requestType));
    assert.deepEqual([of("EraseDevice"), of("DeviceInformation"), of("SomethingNew")], [true, false, true]);
    assert.deepEqual(
      (["wipe", "lock", "restart"] as const).map((type) => isDestructive({ type, apple: undefined })),
      [true, true, false],
    );
  });

  it("is what ends the management of a device, in whichever words", () => {
    assert.equal(weightOf({ type: "unenroll", apple: undefined }), "destructive");
    const remove = (Identifier: string) => ({ ...apple("RemoveProfile").apple, parameters: { Identifier } });
    const raw = `<plist version="1.0"><dict><key>RequestType</key><string>RemoveProfile</string>
      <key>Identifier</key><string>muster.enrollment</string></dict></plist>`;
    assert.deepEqual(
      [remove("example.wifi"), remove("muster.enrollment"), { ...apple("RemoveProfile").apple, rawPlist: raw }].map(
        (order) => isDestructive({ type: "apple", apple: order }),
      ),
      [false, true, true],
    );
  });

  it("is a script too, which may do anything as root, but has a limit of its own", () => {
    const weights = (["wipe", "run_script", "restart"] as const).map((type) => weightOf({ type, apple: undefined }));
    assert.deepEqual(weights, ["destructive", "script", undefined]);
    assert.equal(weightOf(apple("EraseDevice")), "destructive");
  });

  it("begins when all devices of the last hour together are too many", () => {
    const lately = new Set(["a", "b", "c"]);
    assert.deepEqual(allowanceFor(["d", "e"], lately, 5), { left: 2, suffices: true });
    assert.deepEqual(allowanceFor(["d", "e", "f"], lately, 5), { left: 2, suffices: false });
    assert.deepEqual(allowanceFor(["a", "b", "d", "e"], lately, 5), { left: 2, suffices: true });
    assert.deepEqual(allowanceFor(["a"], lately, 2), { left: 0, suffices: true });
    assert.deepEqual(allowanceFor(["d"], lately, 0), { left: 0, suffices: false });
  });
});
