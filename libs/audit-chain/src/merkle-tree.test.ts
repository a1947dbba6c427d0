import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { inclusionPath, merkleRoot, rootByPath } from "./merkle-tree.ts";

const leaf = (index: number): string => index.toString(16).padStart(64, "0");
const leaves = (count: number): string[] => Array.from({ length: count }, (_, index) => leaf(index));
const sha256 = (...parts: Buffer[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();

/** RFC 6962 §2.1 word for word: split at the largest power of two below the count. */
function treeHash(data: readonly Buffer[]): Buffer {
  const [only] = data;
  if (data.length === 1 && only !== undefined) return sha256(Buffer.from([0]), only);
  const k = 2 ** Math.floor(Math.log2(data.length - 1));
  return sha256(Buffer.from([1]), treeHash(data.slice(0, k)), treeHash(data.slice(k)));
}

describe("the tree over records", () => {
  it("has the root that RFC 6962 defines, whatever its size", () => {
    for (let count = 1; count <= 40; count++) {
      const expected = treeHash(leaves(count).map((each) => Buffer.from(each, "hex")));
      assert.equal(merkleRoot(leaves(count)), expected.toString("hex"), `${count} leaves`);
    }
  });

  it("proves each leaf at its place, and at no other", () => {
    for (const count of [1, 2, 3, 7, 8, 21]) {
      const all = leaves(count);
      const root = merkleRoot(all);
      for (let index = 0; index < count; index++) {
        const path = inclusionPath(all, index);
        assert.equal(rootByPath(leaf(index), index, count, path), root);
        for (let other = 0; other < count; other++) {
          if (other !== index) assert.notEqual(rootByPath(leaf(index), other, count, path), root);
        }
        assert.notEqual(rootByPath(leaf(index + 1), index, count, path), root);
      }
    }
  });

  it("takes no path that is too short or too long, and no place outside", () => {
    const path = inclusionPath(leaves(5), 1);
    assert.equal(rootByPath(leaf(1), 1, 5, path.slice(1)), undefined);
    assert.equal(rootByPath(leaf(1), 1, 5, [...path, leaf(9)]), undefined);
    assert.equal(rootByPath(leaf(1), 5, 5, path), undefined);
  });
});
