import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type CommandResult, INTERRUPTED } from "./commands/command.ts";
import type { Identity } from "./identity/identity.ts";
import type { AnswerRow } from "./sql/engine.ts";
import { type AgentProcess, eventually, runAgent, startAgent, temporaryFolder } from "./testing/agent-process.ts";
import { startTestServer, type TestServer } from "./testing/test-server.ts";

const script = (content: string, timeoutSec = 60) => ({
  type: "run_script",
  params: { content, timeoutSec, maxOutputBytes: 10_000 },
});

const turn = () => setTimeout(10);
/** A process that has ended and whose parent has not taken notice (state Z) does not run. */
const isRunning = (pid: number) =>
  existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

describe("an agent and its server", { timeout: 300_000 }, () => {
  let server: TestServer;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let agent: AgentProcess;
  const state = () => join(folder.path, "state");
  const ended = (id: string) =>
    eventually<CommandResult>(server, "result", (result) => result.commandId === id && result.state !== "running");

  before(async () => {
    server = await startTestServer();
    folder = await temporaryFolder();
    const enrolled = eventually<{ os: { kernel: string }; agent: { protocols: number[] } }>(server, "enrolled");
    const stream = eventually(server, "stream");
    agent = await startAgent(server, state());
    const request = await enrolled;
    assert.equal(request.os.kernel, (await readFile("/proc/sys/kernel/osrelease", "utf8")).trim());
    assert.deepEqual(request.agent.protocols, [1]);
    await stream;
  });

  after(async () => {
    await agent.end("SIGKILL");
    await server.stop();
    await folder.remove();
  });

  it("keeps its identity in a file that only its owner can read", async () => {
    const status = await stat(join(state(), "identity.json"));
    assert.equal(status.mode & 0o777, 0o600);
  });

  it("prints the link to its owner's page while it runs, and none of a device that never enrolled", async () => {
    const link = await runAgent(server, state(), "my-device");
    assert.deepEqual(link, { code: 0, output: "https://muster.example/my-device/open/t1/secret\n" });
    assert.deepEqual(await runAgent(server, join(folder.path, "nobody"), "my-device"), { code: 64, output: "" });
  });

  it("runs a script when it is woken, tells that it runs, and then how it ended", async () => {
    const id = await server.queue(script("echo out; echo err >&2; exit 3"));
    const result = ended(id);
    server.wake("commands");
    const { state: outcome, exitCode, output, reason } = await result;
    assert.deepEqual({ outcome, exitCode, reason }, { outcome: "failed", exitCode: 3, reason: "exit_code" });
    assert.deepEqual(output?.split("\n").sort(), ["", "err", "out"]);
  });

  it("believes a new key from the answer on that announces it, when the present one signed that", async () => {
    await server.rotateKeys();
    const id = await server.queue(script("echo new key"));
    const result = ended(id);
    const stream = eventually(server, "stream");
    server.wake("commands");
    assert.equal((await result).output, "new key\n");
    await stream;
    const { commandKeys } = JSON.parse(await readFile(join(state(), "identity.json"), "utf8")) as Identity;
    assert.deepEqual(
      commandKeys.keys.map(({ kid }) => kid),
      ["k2"],
    );
  });

  it("cancels a script that runs", async () => {
    const id = await server.queue(script("sleep 60"));
    const begun = eventually<CommandResult>(server, "result", (result) => result.commandId === id);
    server.wake("commands");
    assert.equal((await begun).state, "running");
    const result = ended(id);
    const cancel = await server.queue({ type: "cancel", params: { commandId: id } });
    const cancelled = ended(cancel);
    server.wake("commands");
    assert.equal((await result).reason, "cancelled");
    assert.equal((await cancelled).state, "succeeded");
  });

  it("answers questions at once, with errors as errors and without those whose discovery finds nothing", async () => {
    server.queries = {
      bash: "select name, version from deb_packages where name='bash'",
      wrong: "select nonsense from users",
      elsewhere: "select 1",
    };
    server.discovery = { elsewhere: "select 1 where 0" };
    const answers = eventually<{
      queries: Record<string, AnswerRow[]>;
      statuses: Record<string, number>;
      messages: Record<string, string>;
    }>(server, "answers");
    server.wake("queries");
    const { queries, statuses, messages } = await answers;
    assert.equal(queries["bash"]?.[0]?.["name"], "bash");
    assert.deepEqual(statuses, { bash: 0, wrong: 1 });
    assert.equal(messages["wrong"], "no such column: nonsense");
  });

  it("answers a question about packages as soon as it is woken", async (test) => {
    server.discovery = {};
    const once = async () => {
      server.queries = { bash: "select name, version from deb_packages where name='bash'" };
      const answers = eventually(server, "answers");
      const start = performance.now();
      server.wake("queries");
      await answers;
      return performance.now() - start;
    };
    const times = [await once(), await once(), await once()].map((ms) => ms.toFixed(0));
    test.diagnostic(`from wake-up to answer: ${times.join(", ")} ms`);
  });

  it("refuses scripts as soon as the kill switch is there, and runs them again once it is gone", async () => {
    await writeFile(join(state(), "scripts-disabled"), "");
    const refused = await server.queue(script("echo no"));
    const first = ended(refused);
    server.wake("commands");
    const result = await first;
    assert.deepEqual([result.state, result.reason], ["refused", "scripts_disabled"]);
    await rm(join(state(), "scripts-disabled"));
    const run = await server.queue(script("echo yes"));
    const second = ended(run);
    server.wake("commands");
    assert.equal((await second).output, "yes\n");
  });

  it("keeps a result until the server accepts it", async () => {
    server.acceptResults = false;
    const id = await server.queue(script("echo kept"));
    const first = ended(id);
    server.wake("commands");
    await first;
    const again = ended(id);
    server.acceptResults = true;
    assert.equal((await again).output, "kept\n");
  });

  it("opens its stream again after losing it", async () => {
    const stream = eventually(server, "stream");
    server.dropStream();
    await stream;
  });

  it("opens its stream again when it falls silent", async () => {
    server.pingSec = 0.1;
    const short = eventually(server, "stream");
    server.dropStream();
    await short;
    server.pingSec = 30;
    await eventually(server, "stream");
  });

  it("keeps its identity when it cannot enroll again, and goes on once the server takes it", async () => {
    const token = server.token;
    server.token = "another";
    const refused = eventually(server, "refused");
    server.reenroll = true;
    server.wake("commands");
    await refused;
    server.reenroll = false;
    await eventually(server, "stream");
    server.token = token;
  });

  it("enrolls again when it is told to", async () => {
    const enrolled = eventually(server, "enrolled");
    const stream = eventually(server, "stream");
    server.reenroll = true;
    server.wake("commands");
    await enrolled;
    await stream;
  });

  it("reports a script that was cut off by its death as interrupted, and does not run it again", async () => {
    const marks = join(folder.path, "marks");
    const id = await server.queue(script(`echo $$ >> ${marks}; sleep 60`));
    const begun = eventually<CommandResult>(server, "result", (result) => result.commandId === id);
    server.wake("commands");
    assert.equal((await begun).state, "running");
    while (!existsSync(marks) || !readFileSync(marks, "utf8").endsWith("\n")) await turn();
    const pid = readFileSync(marks, "utf8");
    assert.equal(await agent.end("SIGKILL"), "SIGKILL");

    const result = ended(id);
    agent = await startAgent(server, state());
    const { state: outcome, reason } = await result;
    assert.deepEqual({ outcome, reason }, { outcome: "failed", reason: INTERRUPTED });
    while (isRunning(Number(pid))) await turn();
    const later = await server.queue(script("echo later"));
    const next = ended(later);
    server.wake("commands");
    await next;
    assert.equal(readFileSync(marks, "utf8"), pid);
  });

  it("runs its schedule, and what a server that is away does not take is sent once it is back", async () => {
    assert.equal(await agent.end("SIGTERM"), 0);
    server.config = {
      options: { schedule_splay_percent: 0, logger_tls_period: 1 },
      schedule: {
        clock: { query: "select unix_time from time", interval: 1, snapshot: true },
        bash: { query: "select name from deb_packages where name = 'bash'", interval: 1 },
      },
      decorators: { load: ["select version as kernel from kernel_info"] },
    };
    type Log = { log_type: string; data: { name: string; unixTime: number; action: string; decorations: AnswerRow }[] };
    const refused = eventually(server, "log refused");
    server.logStatus = 503;
    agent = await startAgent(server, state());
    await refused;
    const logs: Log[] = [];
    server.events.on("log", (body: Log) => logs.push(body));
    const logged = eventually<Log>(server, "log", (log) => log.log_type === "result");
    server.logStatus = 200;
    const [line] = (await logged).data;
    assert.equal(line?.decorations["kernel"], (await readFile("/proc/sys/kernel/osrelease", "utf8")).trim());
    await eventually<Log>(server, "log", (log) => log.data.some(({ name }) => name === "clock"));
    const results = logs.filter((log) => log.log_type === "result").flatMap((log) => log.data);
    assert.equal(results.filter(({ name, action }) => name === "bash" && action === "added").length, 1);
    assert.ok(logs.some((log) => log.log_type === "status"));
    server.config = { options: { distributed_interval: 60 } };
  });

  it("lets no second agent onto its state folder", async () => {
    const second = await startAgent(server, state());
    const [code] = await once(second.child, "exit");
    assert.equal(code, 1);
    assert.match(second.log(), /another agent/);
  });

  it("gives up with a code that says so when its first token is refused", async () => {
    const stranger = await startAgent(server, join(folder.path, "stranger"), ["--token", "wrong"]);
    const [code] = await once(stranger.child, "exit");
    assert.equal(code, 78);
    assert.match(stranger.log(), /ask for a new token/);
  });

  it("ends what runs, says so and stops when it is asked to", async () => {
    const id = await server.queue(script("sleep 60"));
    const begun = eventually<CommandResult>(server, "result", (result) => result.commandId === id);
    server.wake("commands");
    await begun;
    const result = ended(id);
    assert.equal(await agent.end("SIGTERM"), 0);
    assert.equal((await result).reason, INTERRUPTED);
    assert.ok(!existsSync(join(state(), "agent.lock")));
  });

  it("polls while there is no stream, and renews a certificate that has lived two thirds of its life", async () => {
    server.streamStatus = 503;
    server.certificateLifeMs = 2000;
    await rm(join(state(), "identity.json"));
    const renewed = eventually(server, "renewed");
    const checkin = eventually(server, "checkin");
    agent = await startAgent(server, state());
    await checkin;
    await renewed;
  });
});
