import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { type Read, runDocument } from "./run-document.ts";

const FENCE = "```";

const read = async (test: TestContext, markdown: string): Promise<Read> => {
  const folder = await mkdtemp(join(tmpdir(), "muster-document-"));
  test.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "document.md");
  await writeFile(file, markdown);
  const env = { PATH: process.env["PATH"] };
  return runDocument(file, { folder, env, names: { there: "here" }, typed: "a password\n" });
};

const sh = (text: string, info = ""): string => `${FENCE}sh ${info}\n${text}\n${FENCE}\n`;
const shown = (text: string): string => `${FENCE}text\n${text}\n${FENCE}\n`;

describe("a document that is run", () => {
  it("keeps what one block sets for the next, and calls things as they are called here", async (test) => {
    const document = [sh("export A=1\nf() { echo $A there; }"), sh("f"), shown("1 here")].join("\n");
    assert.deepEqual(await read(test, document), { executed: 2, marked: [] });
  });

  it("types where a program asks", async (test) => {
    await read(test, sh('read -r word; echo "$word"') + shown("a password"));
  });

  it("is broken off where it goes on by itself, and nothing else is", async (test) => {
    const document = [
      sh("sleep 600 & echo $! > background"),
      sh("trap 'echo ended; exit 130' INT; echo seen; while :; do sleep 1; done", "until: ^seen"),
      shown("seen\nended"),
      sh("kill -0 $(cat background)"),
    ].join("\n");
    assert.equal((await read(test, document)).executed, 3);
  });

  it("goes wrong where a command of a block fails, and not where it says with what it ends", async (test) => {
    await assert.rejects(read(test, sh("true") + sh("false\ntrue")), /document\.md:4/);
    await assert.rejects(read(test, sh("exit 3", "ends: 9")), /ended with 3 and not with 9/);
    assert.equal((await read(test, sh("exit 9", "ends: 9") + sh("true"))).executed, 2);
  });

  it("goes wrong where it shows something else", async (test) => {
    await assert.rejects(read(test, sh("echo one") + shown("two")), /did not show "two"/);
  });

  it("tells what is not run, and why", async (test) => {
    const { executed, marked } = await read(test, sh("exit 1", "not-run: needs a cluster"));
    assert.equal(executed, 0);
    assert.match(marked.join(), /document\.md:1: needs a cluster/);
  });
});
