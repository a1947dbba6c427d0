import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { validate, version } from "uuid";
import { Uuids } from "./uuids.ts";

const NIL = "00000000-0000-0000-0000-000000000000";
const MAX = "ffffffff-ffff-ffff-ffff-ffffffffffff";

describe("very many UUIDs", () => {
  it("are the texts that they were made of", () => {
    fc.assert(
      fc.property(fc.array(fc.uuid()), (texts) => {
        const all = Uuids.of(texts);
        assert.equal(all.length, texts.length);
        assert.deepEqual(all.texts(), texts);
        assert.deepEqual(Uuids.concat([all, all.slice(1), all.slice(0, 1)]).texts(), [
          ...texts,
          ...texts.slice(1),
          ...texts.slice(0, 1),
        ]);
      }),
    );
  });

  it("are sorted as their texts are, also those that begin alike", () => {
    const alike = fc.constantFrom(NIL, MAX, "80000000-0000-0000-0000-000000000000", `${NIL.slice(0, -1)}1`);
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uuid(), alike)), (texts) =>
        assert.deepEqual(Uuids.of(texts).sorted().texts(), texts.toSorted()),
      ),
    );
    const many = Array.from({ length: 70_000 }, () => randomUUID());
    assert.deepEqual(Uuids.of(many).sorted().texts(), many.toSorted());
  });

  it("are made new as many as asked for, each another one, in order, of now", () => {
    const before = Date.now();
    const ids = Uuids.made(5_000).texts();
    assert.equal(new Set(ids).size, 5_000);
    assert.deepEqual(ids.toSorted(), ids);
    assert.ok(ids.every((id) => validate(id) && version(id) === 7));
    const at = Number.parseInt(ids[0]?.replace("-", "").slice(0, 12) ?? "", 16);
    assert.ok(at >= before && at <= Date.now());
    assert.equal(Uuids.made(0).length, 0);
  });

  it("are made one by one in the order of their making, too", () => {
    const ids = Array.from({ length: 5_000 }, () => Uuids.made(1).texts()[0] ?? "");
    assert.equal(new Set(ids).size, 5_000);
    assert.deepEqual(ids.toSorted(), ids);
  });

  it("can be guessed from no other", () => {
    const tails = Uuids.made(1_000)
      .texts()
      .map((id) => id.slice(-11));
    assert.equal(new Set(tails).size, 1_000);
  });

  it("are refused when they are none", () => {
    const none = [
      "",
      "not an id",
      `${NIL}0`,
      NIL.slice(1),
      NIL.replaceAll("-", ""),
      NIL.replace("-", "0"),
      NIL.replace("0", "g"),
    ];
    for (const text of [...none, NIL.replace("0", "\u0430"), ` ${NIL.slice(1)}`])
      assert.throws(() => Uuids.of([NIL, text]), /are none/);
    assert.throws(() => Uuids.inBytes(Buffer.alloc(17)), /17 bytes/);
  });
});
