import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { documentMark } from "./document-mark.ts";
import { fencedBlocks } from "./fenced-blocks.ts";
import { lineNotShown } from "./shown-output.ts";

describe("a fenced block", () => {
  it("has its line, its language, what is said of it, and its text without the indentation of a list", () => {
    const markdown =
      "1. First:\n\n   ```sh not-run: needs a cluster\n   for i in 1; do\n     echo $i\n   done\n   ```\n";
    assert.deepEqual(fencedBlocks(markdown), [
      {
        line: 3,
        language: "sh",
        info: "not-run: needs a cluster",
        text: "for i in 1; do\n  echo $i\ndone",
        followsAtOnce: false,
      },
    ]);
  });

  it("knows whether it follows another at once", () => {
    const markdown = "```sh\na\n```\n\n```text\nb\n```\nand\n```text\nc\n```";
    assert.deepEqual(
      fencedBlocks(markdown).map(({ followsAtOnce }) => followsAtOnce),
      [false, true, false],
    );
  });

  it("without an end is an error that names its line", () => {
    assert.throws(() => fencedBlocks("\n```sh\na\n"), /line 2 /);
  });
});

describe("what is said of a block", () => {
  it("is that it is not run, until what it is, or how it ends", () => {
    assert.deepEqual(documentMark(""), { kind: "run" });
    assert.deepEqual(documentMark("not-run: needs a cluster"), { kind: "not-run", why: "needs a cluster" });
    assert.deepEqual(documentMark("until: mac +1"), { kind: "until", seen: /mac +1/m });
    assert.deepEqual(documentMark("ends: 9"), { kind: "ends", code: 9 });
  });

  it("is nothing else, and never without a reason", () => {
    for (const info of ["not-run", "not-run:", "ends: badly", "skip: it is slow"]) {
      assert.throws(() => documentMark(info), /is none of/, info);
    }
  });
});

describe("what a document shows", () => {
  it("is found line by line in its order, whatever stands between", () => {
    assert.equal(lineNotShown("NAME VERSION\nbash …", "NAME   VERSION\nash    1\nbash   5.2\n"), undefined);
    assert.equal(lineNotShown("bash …\nNAME VERSION", "NAME   VERSION\nbash   5.2\n"), "NAME VERSION");
    assert.equal(lineNotShown("1.5 (…)", "1x5 (a)"), "1.5 (…)");
  });
});
