import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readConfig, UsageError } from "./config.ts";

const RUN = ["--server", "https://localhost:8443", "--state", "/var/lib/muster-agent"];

describe("the command line", () => {
  it("runs the agent if nothing else is asked", () => {
    const config = readConfig(RUN, { MUSTER_AGENT_TOKEN: "t" });
    assert.deepEqual(config, {
      command: "run",
      server: new URL("https://localhost:8443"),
      ca: undefined,
      state: "/var/lib/muster-agent",
      token: "t",
      scriptsAllowed: true,
      osqueryd: undefined,
    });
  });

  it("takes the token from the option, then the file, then the environment", () => {
    const folder = mkdtempSync(join(tmpdir(), "muster-agent-config-"));
    const file = join(folder, "token");
    writeFileSync(file, "from-file\n");
    const tokenOf = (...args: string[]) => {
      const config = readConfig([...RUN, ...args], { MUSTER_AGENT_TOKEN: "from-environment" });
      return config.command === "run" ? config.token : undefined;
    };
    assert.equal(tokenOf("--token-file", file), "from-file");
    assert.equal(tokenOf("--token-file", file, "--token", "given"), "given");
    rmSync(folder, { recursive: true });
  });

  it("asks for the link to the owner's page where the agent is at home, without a token", () => {
    assert.deepEqual(readConfig(["my-device", ...RUN], { MUSTER_AGENT_TOKEN: "t" }), {
      command: "my-device",
      server: new URL("https://localhost:8443"),
      ca: undefined,
      state: "/var/lib/muster-agent",
    });
  });

  it("says everything that is wrong at once", () => {
    assert.throws(
      () => readConfig(["run", "--server", "http://x", "--ca", "/no/such/file"], {}),
      (error: unknown) =>
        error instanceof UsageError && ["https", "--ca", "--state"].every((part) => error.message.includes(part)),
    );
    assert.throws(() => readConfig(["fly"], {}), UsageError);
    assert.throws(() => readConfig(["--bogus"], {}), UsageError);
    assert.throws(() => readConfig(["query"], {}), UsageError);
  });
});
