import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { documentMark } from "./document-mark.ts";
import { DOCUMENTS, ROOT } from "./documents.ts";
import { fencedBlocks } from "./fenced-blocks.ts";

/** Blocks that nothing tries: each says why in its info string. */
const NOT_RUN: Readonly<Record<string, number>> = { "README.md": 1 };

const BLOCKS = DOCUMENTS.flatMap((document) =>
  fencedBlocks(readFileSync(join(ROOT, document), "utf8")).map((block) => ({
    ...block,
    document,
    where: `${document}:${block.line}`,
  })),
);

describe("the blocks of the documents", () => {
  it("say in what language they are", () => {
    assert.deepEqual(
      BLOCKS.filter(({ language }) => language === "").map(({ where }) => where),
      [],
    );
  });

  it("are all run but those that say why not", (test) => {
    const marked: Record<string, number> = {};
    for (const { document, where, language, info } of BLOCKS) {
      if (language !== "sh") continue;
      const mark = documentMark(info);
      if (mark.kind !== "not-run") continue;
      marked[document] = (marked[document] ?? 0) + 1;
      test.diagnostic(`${where}: ${mark.why}`);
    }
    assert.deepEqual(marked, NOT_RUN);
  });

  it("that are run leave nothing to fill in", () => {
    const unfinished = BLOCKS.filter(({ language, info, text }) => {
      return language === "sh" && documentMark(info).kind !== "not-run" && /…|<[a-z-]+>/.test(text);
    });
    assert.deepEqual(
      unfinished.map(({ where }) => where),
      [],
    );
  });
});
