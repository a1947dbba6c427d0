import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { detailQueriesFor, detailQuery } from "./detail-queries/by-platform.ts";
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

  it("of certificates has times as times and bits as numbers, and a curve as its name, on each platform", () => {
    const answered = [
      { common_name: "ISRG Root X1", ca: "1", key_strength: "4096", not_valid_after: "2064150000" },
      { common_name: "laptop", ca: "0", key_strength: "prime256v1", not_valid_after: "" },
    ];
    for (const platform of [Platform.PLATFORM_LINUX, Platform.PLATFORM_MACOS, Platform.PLATFORM_WINDOWS]) {
      const query = detailQuery(platform, "certificates");
      assert.ok(query);
      assert.deepEqual(factOf(answered, query), [
        { ca: 0, common_name: "laptop", key_strength: "prime256v1", not_valid_after: "" },
        { ca: 1, common_name: "ISRG Root X1", key_strength: 4096, not_valid_after: "2035-05-30T15:00:00.000Z" },
      ]);
      const personal = detailQueriesFor(platform, Ownership.OWNERSHIP_PERSONAL);
      assert.ok(!personal.includes(query), "a person's certificates are nobody's business");
    }
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
