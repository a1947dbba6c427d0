import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { blocksOf, commandsOf, DOCUMENTS } from "./documents.ts";

describe("the blocks of the documents", () => {
  it("say in what language they are", () => {
    const silent = DOCUMENTS.flatMap((document) =>
      blocksOf(document)
        .filter(({ language }) => language === "")
        .map(({ line }) => `${document}:${line}`),
    );
    assert.deepEqual(silent, []);
  });

  it("are all run but those that say why not, which are the fewer", (test) => {
    const blocks = DOCUMENTS.flatMap((document) => commandsOf(document).map((block) => ({ ...block, document })));
    let marked = 0;
    for (const { document, line, mark } of blocks) {
      if (mark.kind !== "not-run") continue;
      marked += 1;
      test.diagnostic(`${document}:${line}: ${mark.why}`);
    }
    assert.ok(marked < blocks.length / 2, `${marked} of ${blocks.length} blocks are run by nothing`);
  });

  it("that are run leave nothing to fill in", () => {
    const unfinished = DOCUMENTS.flatMap((document) =>
      commandsOf(document)
        .filter(({ mark, text }) => mark.kind !== "not-run" && /…|<[a-z-]+>/.test(text))
        .map(({ line }) => `${document}:${line}`),
    );
    assert.deepEqual(unfinished, []);
  });
});
