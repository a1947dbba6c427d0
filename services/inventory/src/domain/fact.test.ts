import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DetailQuery } from "./detail-queries/detail-query.ts";
import { factOf, fingerprintOf, hashOf } from "./fact.ts";
import { onlyAllowed } from "./personal-devices.ts";

const mounts: DetailQuery = {
  fact: "mounts",
  shape: "list",
  sql: "",
  numbers: ["blocks"],
  volatile: ["blocks_free"],
  times: ["since"],
};

describe("a fact", () => {
  it("is the same in whatever order its rows and columns come", () => {
    const one = factOf(
      [
        { path: "/", blocks: "5" },
        { path: "/home", blocks: "6" },
      ],
      mounts,
    );
    const other = factOf(
      [
        { blocks: "6", path: "/home" },
        { blocks: "5", path: "/" },
      ],
      mounts,
    );
    assert.equal(hashOf(one), hashOf(other));
  });

  it("does not change with what changes all the time", () => {
    const at = (free: string) => fingerprintOf([{ path: "/", blocks_free: free }], mounts);
    assert.equal(at("1"), at("2"));
    assert.deepEqual(factOf([{ path: "/", blocks_free: "1" }], mounts), [{ path: "/" }]);
  });

  it("holds numbers and times as such, and what is neither as it came", () => {
    assert.deepEqual(
      factOf(
        [
          { blocks: "12", since: "0" },
          { blocks: "n/a", since: "" },
        ],
        mounts,
      ),
      [
        { blocks: "n/a", since: "" },
        { blocks: 12, since: "1970-01-01T00:00:00.000Z" },
      ],
    );
  });

  it("of a personal device holds only the columns that are allowed", () => {
    const rows = [{ hostname: "anna", hardware_serial: "S1", hardware_model: "XPS" }];
    assert.deepEqual(onlyAllowed("system_info", rows), [{ hardware_model: "XPS" }]);
    assert.deepEqual(onlyAllowed("users", [{ username: "anna" }]), [{}]);
  });
});
