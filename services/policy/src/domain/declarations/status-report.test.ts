import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mergeItems, readStatusReport } from "./status-report.ts";

const read = (report: unknown, personal = false) =>
  readStatusReport(Buffer.from(JSON.stringify(report)), personal) ?? assert.fail("it was not read");

describe("a status report", () => {
  it("is read as far as it makes sense", () => {
    const { errors, full, items, states, wholeKinds } = read({
      FullReport: true,
      StatusItems: {
        device: { model: { family: "Mac\u0000" } },
        management: {
          declarations: {
            configurations: [{ identifier: "a", active: true, valid: "valid" }, 7, { identifier: "" }],
            assets: "none",
          },
        },
      },
      Errors: [{ StatusItem: "x.y", Reasons: [{ Code: "Error.Unknown" }] }, "no error"],
    });
    assert.ok(full);
    assert.deepEqual(items, { device: { model: { family: "Mac" } } });
    assert.deepEqual(
      states.map(({ identifier, valid }) => [identifier, valid]),
      [["a", "valid"]],
    );
    assert.deepEqual(wholeKinds, ["configuration"]);
    assert.deepEqual(errors, [{ item: "x.y", code: "Error.Unknown", description: "" }]);
    assert.deepEqual(read({ StatusItems: [] }).items, {});
    assert.equal(readStatusReport(Buffer.from("[]"), false), undefined);
    assert.equal(readStatusReport(Buffer.from("{"), false), undefined);
  });

  it("of a person's own device holds what is allowed alone", () => {
    const items = {
      device: { identifier: { udid: "U", "serial-number": "S" }, model: { family: "Mac", number: "N" } },
      mdm: { app: [] },
    };
    assert.deepEqual(read({ StatusItems: items }, true).items, { device: { model: { family: "Mac" } } });
  });

  it("changes members of lists by their identifiers, and takes the place of whole items", () => {
    const before = {
      mdm: { app: [{ identifier: "a", state: "managed" }, { identifier: "b" }] },
      softwareupdate: { "pending-version": { "os-version": "18.1" }, "install-state": "waiting" },
    };
    const news = {
      mdm: { app: [{ identifier: "b", _removed: true }, { identifier: "c" }] },
      softwareupdate: { "pending-version": {} },
    };
    assert.deepEqual(mergeItems(before, news), {
      mdm: { app: [{ identifier: "a", state: "managed" }, { identifier: "c" }] },
      softwareupdate: { "pending-version": {}, "install-state": "waiting" },
    });
  });
});
