import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { blocksOf, commandsOf, DOCUMENTS } from "./documents.ts";

/** How many blocks nothing tries; each says why in its info string. */
const NOT_RUN: Readonly<Record<string, number>> = {
  "README.md": 1,
  "docs/cli.md": 1,
  "docs/kubernetes.md": 4,
  "docs/operations.md": 8,
  "docs/sign-in.md": 1,
  "services/agent/README.md": 1,
};

describe("the blocks of the documents", () => {
  it("say in what language they are", () => {
    const silent = DOCUMENTS.flatMap((document) =>
      blocksOf(document)
        .filter(({ language }) => language === "")
        .map(({ line }) => `${document}:${line}`),
    );
    assert.deepEqual(silent, []);
  });

  it("are all run but those that say why not", (test) => {
    const marked: Record<string, number> = {};
    for (const document of DOCUMENTS) {
      for (const { line, mark } of commandsOf(document)) {
        if (mark.kind !== "not-run") continue;
        marked[document] = (marked[document] ?? 0) + 1;
        test.diagnostic(`${document}:${line}: ${mark.why}`);
      }
    }
    assert.deepEqual(marked, NOT_RUN);
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
