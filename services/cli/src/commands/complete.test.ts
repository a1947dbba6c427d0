import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { program } from "../program.ts";
import { candidates, rejoined, selectors } from "./complete.ts";

const sources = {
  output: () => Promise.resolve(["table", "json", "yaml", "csv"]),
  device: (prefix: string) => Promise.resolve(["ada-laptop", "adele", "bob"].filter((each) => each.startsWith(prefix))),
  thing: (prefix: string, [kind]: readonly string[]) =>
    Promise.resolve((kind === "device" ? ["ada-laptop", "bob"] : []).filter((each) => each.startsWith(prefix))),
  kind: () => Promise.resolve(["devices", "declarations", "users"]),
  selector: (prefix: string) => selectors(prefix, { compliance: () => Promise.resolve(["failing", "passing"]) }),
};
const after = (...words: string[]) => candidates(program(), words, sources);

const BASH = `
  muster() { "$NODE" "$MAIN" "$@"; }
  source <(muster completion bash)`;

/** What each shell is told to say: what it makes of "muster context d" and of "muster get --output=y". */
const IN_SHELLS = {
  bash: `${BASH}
    COMP_WORDS=(muster context d) COMP_CWORD=2; _muster; printf '%s\\n' "\${COMPREPLY[@]}"
    COMP_WORDS=(muster get --output=y) COMP_CWORD=2; _muster; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // The functions of zsh's completion system stand in for the line editor, which needs a terminal.
  zsh: `
    muster() { "$NODE" "$MAIN" "$@"; }
    compdef() { }
    compadd() { print -l -- "\${found[@]}"; }
    _files() { print files; }
    eval "$(muster completion zsh)"
    words=(muster context d) CURRENT=3; _muster
    words=(muster get --output=y) CURRENT=3; _muster`,
  fish: `
    function muster; $NODE $MAIN $argv; end
    muster completion fish | source
    complete -C 'muster context d'
    complete -C 'muster get --output=y'`,
} as const;

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

  it("knows the keys of a selector, and the values that there are, after those that stand there", async () => {
    assert.deepEqual(await after("get", "devices", "--selector", "co"), ["compliance=", "condition="]);
    assert.deepEqual(await after("lock", "--selector", "compliance=f"), ["compliance=failing"]);
    assert.deepEqual(await after("query", "select 1", "--selector=platform=linux,compliance=p"), [
      "--selector=platform=linux,compliance=passing",
    ]);
    assert.deepEqual(await after("lock", "--selector", "condition=os_version.name sta"), []);
  });

  it("puts together what bash took apart, and completes what stands after the last sign", () => {
    const words = ["lock", "--selector", "platform", "=", "linux,compliance", "=", "f"];
    assert.deepEqual(rejoined(words), {
      whole: ["lock", "--selector", "platform=linux,compliance=f"],
      before: "platform=linux,compliance=",
    });
    assert.deepEqual(rejoined(["get", "--output", "="]), { whole: ["get", "--output", ""], before: "" });
    assert.deepEqual(rejoined(["lock", "--selector", "platform", "=", "linux", "ad"]), {
      whole: ["lock", "--selector", "platform=linux", "ad"],
      before: "",
    });
  });

  it("leaves to the person what only the person knows", async () => {
    assert.deepEqual(await after("query", "sel"), []);
    assert.deepEqual(await after("get", "users", "--limit", ""), []);
  });

  for (const [shell, script] of Object.entries(IN_SHELLS)) {
    it(`works in ${shell}, as the script that is printed has it`, (test) => {
      if (spawnSync(shell, ["-c", "exit"]).error)
        return test.skip(`${shell} is not installed: apt-get install ${shell}`);
      const env = { ...process.env, NODE: process.execPath, MAIN: join(import.meta.dirname, "../main.ts") };
      const said = execFileSync(shell, ["-c", script], { env, encoding: "utf8" });
      assert.deepEqual(said.trim().split("\n"), ["delete", "--output=yaml"]);
    });
  }

  it("completes what bash takes apart at an equals sign", () => {
    const env = { ...process.env, NODE: process.execPath, MAIN: join(import.meta.dirname, "../main.ts") };
    const script = `${BASH}
      COMP_WORDS=(muster get --output = y) COMP_CWORD=4
      _muster
      echo "\${COMPREPLY[@]}"`;
    assert.equal(execFileSync("bash", ["-c", script], { env, encoding: "utf8" }), "yaml\n");
  });
});
