import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DetailQuery } from "./detail-queries/detail-query.ts";
import { factOf, fingerprintOf, hashOf, inParts } from "./fact.ts";
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

  it("has at most 256 KiB of rows, the same ones in whatever order they come", () => {
    const rows = Array.from({ length: 4_000 }, (_, n) => ({ path: `/${n}`, type: "x".repeat(100) }));
    const value = factOf(rows, mounts);
    const bytes = JSON.stringify(value).length;
    assert.ok(bytes <= 256 * 1024 && bytes > 255 * 1024, `${bytes}`);
    assert.deepEqual(factOf(rows.toReversed(), mounts), value);
    assert.deepEqual(factOf([{ path: "x".repeat(300_000) }], { ...mounts, shape: "object" }), {});
  });

  it("is told with others in one event as long as they fit", () => {
    const fact = (name: string, size: number) => ({ name, value: [{ text: "x".repeat(size) }] });
    const names = (sizes: readonly number[]) =>
      inParts(sizes.map((size, n) => fact(`${n}`, size))).map((part) => part.map(({ name }) => name).join(""));
    assert.deepEqual(names([]), []);
    assert.deepEqual(names([10, 10, 10]), ["012"]);
    assert.deepEqual(names([262_000, 262_000, 10, 262_000, 262_000, 262_000]), ["0123", "45"]);
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
