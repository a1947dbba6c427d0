import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { program } from "../program.ts";
import { candidates } from "./complete.ts";

const sources = {
  output: () => Promise.resolve(["table", "json", "yaml", "csv"]),
  device: (prefix: string) => Promise.resolve(["ada-laptop", "adele", "bob"].filter((each) => each.startsWith(prefix))),
  thing: (prefix: string, [kind]: readonly string[]) =>
    Promise.resolve((kind === "device" ? ["ada-laptop", "bob"] : []).filter((each) => each.startsWith(prefix))),
  kind: () => Promise.resolve(["devices", "declarations", "users"]),
};
const after = (...words: string[]) => candidates(program(), words, sources);

describe("completion", () => {
  it("knows commands, and what stands below them, but for the hidden", async () => {
    assert.deepEqual(await after("co"), ["command", "completion", "context"]);
    assert.deepEqual(await after("context", ""), ["current", "delete", "help", "list", "use"]);
  });

  it("knows the options of a command and of all above it", async () => {
    assert.deepEqual(await after("get", "devices", "--plat"), ["--platform"]);
    assert.deepEqual(await after("get", "--out"), ["--output"]);
  });

  it("knows what an option or an argument may be", async () => {
    assert.deepEqual(await after("get", "d"), ["declarations", "devices"]);
    assert.deepEqual(await after("-o", "y"), ["yaml"]);
    assert.deepEqual(await after("-o", "json", "get", "users", "--device", "ad"), ["ada-laptop", "adele"]);
    assert.deepEqual(await after("describe", "device", "b"), ["bob"]);
    assert.deepEqual(await after("lost-mode", "enable", "--selector", "platform=linux", "ade"), ["adele"]);
  });

  it("knows what may stand after an equals sign", async () => {
    assert.deepEqual(await after("get", "--output=y"), ["--output=yaml"]);
    assert.deepEqual(await after("get", "users", "--device=ad"), ["--device=ada-laptop", "--device=adele"]);
    assert.deepEqual(await after("get", "--planet=y"), []);
    assert.deepEqual(await after("get", "--output=json", "d"), ["declarations", "devices"]);
  });

  it("leaves to the person what only the person knows", async () => {
    assert.deepEqual(await after("query", "sel"), []);
    assert.deepEqual(await after("get", "users", "--limit", ""), []);
  });

  it("works in bash, as the script that is printed has it", () => {
    const script = `
      muster() { "$NODE" "$MAIN" "$@"; }
      source <(muster completion bash)
      COMP_WORDS=(muster context d) COMP_CWORD=2
      _muster
      printf '%s|' "\${COMPREPLY[@]}"`;
    const env = { ...process.env, NODE: process.execPath, MAIN: join(import.meta.dirname, "../main.ts") };
    assert.equal(execFileSync("bash", ["-c", script], { env, encoding: "utf8" }), "delete|");
  });
});
