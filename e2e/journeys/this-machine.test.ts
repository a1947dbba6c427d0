import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { hostname, release, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { type Ada, adaOf } from "../documents/ada.ts";
import { commandsOf, DOCUMENTS, ROOT } from "../documents/documents.ts";
import { knowingReaderOf, readerOf } from "../documents/reader.ts";
import { runDocument } from "../documents/run-document.ts";
import { type OtlpReceiver, startOtlpReceiver } from "../simulators/otlp-receiver.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../simulators/webhook-receiver.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";
import { linksIn, parentsIn } from "./testing/trace-parents.ts";

interface Device {
  readonly id: string;
  readonly hostname: string;
}

interface Command {
  readonly id: string;
  readonly state: string;
  readonly result?: { readonly exitCode: number; readonly output: string; readonly reason: string };
}

const run = promisify(execFile);
const CLI = join(import.meta.dirname, "../../services/cli/src/main.ts");

describe("this very machine, enrolled with the real agent", () => {
  let otlp: OtlpReceiver;
  let journey: JourneyPlatform;
  let receiver: WebhookReceiver;
  let folder: string;
  let device: Device;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-this-machine-"));
    otlp = await startOtlpReceiver();
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = otlp.url;
    journey = await startJourneyPlatform({ agent: true, environment: { MUSTER_TRACE_RATIO: "0" } });
    receiver = await startWebhookReceiver();
    device = await journey.api.until<{ devices: Device[] }, Device>("/api/v1/devices", ({ devices }) =>
      devices.find((each) => each.hostname === hostname()),
    );
  });

  after(async () => {
    delete process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
    await receiver?.close();
    await journey?.stop();
    await otlp?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const muster = async (...args: string[]) => {
    const { urls, administrator } = journey.platform;
    return run(process.execPath, [CLI, ...args], {
      env: { ...process.env, MUSTER_SERVER: urls.gateway, MUSTER_TOKEN: administrator.token, XDG_CONFIG_HOME: folder },
      timeout: 30_000,
    });
  };

  const ended = (id: string) =>
    journey.api.until<Command, Command>(`/api/v1/commands/${id}`, (command) =>
      ["COMMAND_STATE_ACKNOWLEDGED", "COMMAND_STATE_FAILED"].includes(command.state) ? command : undefined,
    );

  const runScript = async (content: string): Promise<Command> => {
    const { commands } = await journey.api.post<{ commands: Command[] }>("/api/v1/commands", {
      deviceIds: [device.id],
      type: "COMMAND_TYPE_RUN_SCRIPT",
      runScript: { content },
    });
    assert.ok(commands[0]);
    return commands[0];
  };

  it("has its true kernel and, on Debian, its true packages", async () => {
    const facts = await journey.api.until<{ facts: { name: string; value: unknown }[] }, string>(
      `/api/v1/devices/${device.id}/facts`,
      ({ facts: all }) => (all.some(({ name }) => name === "kernel_info") ? JSON.stringify(all) : undefined),
    );
    assert.ok(facts.includes(release()), `no fact knows kernel ${release()}`);
    if (!existsSync("/usr/bin/dpkg-query")) return;
    const bash = execFileSync("dpkg-query", ["-W", "-f", "${Version}", "bash"], { encoding: "utf8" });
    await journey.api.until<{ software: { name: string; version: string }[] }, true>(
      `/api/v1/devices/${device.id}/software?search=bash`,
      ({ software }) => (software.some(({ name, version }) => name === "bash" && version === bash) ? true : undefined),
    );
  });

  it("answers a live query from the command line with the truth", async (test) => {
    const question = "select path, version from kernel_info";
    const startedAt = performance.now();
    const { stdout } = await muster("query", question, "--device", hostname(), "-o", "json");
    const took = performance.now() - startedAt;
    test.diagnostic(`muster query took ${took.toFixed(0)} ms`);
    assert.ok(stdout.includes(release()), stdout);
  });

  it("runs a script and returns its output and exit code", async () => {
    const command = await ended((await runScript("#!/bin/sh\necho out; echo err >&2; exit 3\n")).id);
    assert.equal(command.state, "COMMAND_STATE_FAILED");
    assert.equal(command.result?.exitCode, 3);
    assert.match(command.result?.output ?? "", /out\n/);
    const { stdout } = await muster("script", "run", "-c", "echo from the command line", "--device", hostname());
    assert.match(stdout, /from the command line/);
  });

  it("shows a command as one trace, from the asking over both of the device's requests to who is told", async (test) => {
    await journey.api.post("/api/v1/webhooks", {
      name: "commands",
      url: receiver.url,
      eventTypes: ["muster.command.v1.CommandAcknowledged"],
      enabled: true,
    });
    // No trace that begins here is kept, but this one began with who asks, and is theirs to keep.
    const traceId = randomBytes(16).toString("hex");
    const asker = randomBytes(8).toString("hex");
    const order = { deviceIds: [device.id], type: "COMMAND_TYPE_RUN_SCRIPT", runScript: { content: "#!/bin/sh\n" } };
    await journey.api.post("/api/v1/commands", order, { traceparent: `00-${traceId}-${asker}-01` });
    const call = "muster.command.v1.CommandService/EnqueueCommands";
    const [asking, queued] = ["gateway server: POST /api/v1/commands", `command server: ${call}`];
    const acknowledged = "muster.command.v1.CommandAcknowledged";
    const telling = `notification consumer: process ${acknowledged}`;
    const wanted = [
      `${asking} < what is not there`,
      `gateway client: ${call} < ${asking}`,
      `${queued} < gateway client: ${call}`,
      `command producer: publish muster.command.v1.CommandQueued < ${queued}`,
      `command internal: hand out command < ${queued}`,
      `command internal: take result < ${queued}`,
      `command producer: publish ${acknowledged} < command internal: take result`,
      `${telling} < command internal: take result`,
      `notification client: POST webhook < ${telling}`,
    ];
    const links = [
      "command internal: hand out command ~ command server: POST /agent/v1/checkin",
      "command internal: take result ~ command server: POST /agent/v1/results",
    ];
    const parents = await otlp.spans.until(
      (spans) => {
        const own = parentsIn(spans, traceId);
        const linked = linksIn(spans, traceId);
        return wanted.every((edge) => own.includes(edge)) && links.every((link) => linked.includes(link))
          ? own
          : undefined;
      },
      `a trace with ${[...wanted, ...links].join("; ")}`,
      30_000,
    );
    test.diagnostic(parents.join("\n"));
  });

  it("keeps the trace of what is destructive, from the asking on", async () => {
    const order = { deviceIds: [randomUUID()], type: "COMMAND_TYPE_LOCK", lock: {} };
    const call = "muster.command.v1.CommandService/EnqueueCommands";
    await journey.api.post("/api/v1/commands", order);
    await otlp.spans.until(
      (spans) =>
        spans.some(({ name, service, traceId }) => {
          if (service !== "muster-gateway" || name !== "POST /api/v1/commands") return false;
          const own = parentsIn(spans, traceId);
          return (
            own.includes("gateway server: POST /api/v1/commands < nothing") &&
            own.includes(`command server: ${call} < gateway client: ${call}`)
          );
        }) || undefined,
      "the trace of a lock",
      30_000,
    );
  });

  it("does not run a script twice when the agent is killed in the middle of it", async () => {
    const traces = join(folder, "traces");
    const command = await runScript(`#!/bin/sh\necho ran >> ${traces}\nsleep 613.25\n`);
    while (!existsSync(traces)) await delay(20);
    await journey.platform.agent?.kill("SIGKILL");
    execFileSync("pkill", ["-f", "sleep 613.25"]);
    await journey.platform.agent?.restart();
    const result = await ended(command.id);
    assert.equal(result.state, "COMMAND_STATE_FAILED");
    assert.match(result.result?.reason ?? "", /interrupted/);
    assert.equal(readFileSync(traces, "utf8"), "ran\n");
  });

  it("runs the tenant's schedule as osqueryd would, and what it logs is the truth", async () => {
    await journey.api.put("/api/v1/osquery-config", {
      options: { logger_tls_period: 1, distributed_interval: 1 },
      schedule: { kernel: { query: "select version from kernel_info", interval: 1 } },
      decorators: { load: ["select hostname from system_info"] },
    });
    // It asks for its configuration when it starts, and once a minute.
    await journey.platform.agent?.restart();
    const rows = await journey.api.until<{ results: { action: string; rows: unknown }[] }, unknown>(
      `/api/v1/osquery-results?deviceId=${device.id}&name=kernel`,
      ({ results }) => results.find(({ action }) => action === "added")?.rows,
    );
    assert.deepEqual(rows, { version: release() });
  });

  describe("the documents", () => {
    let ada: Ada;
    before(async () => {
      ada = await adaOf(journey);
    });
    after(async () => {
      await ada?.stop();
    });

    for (const document of DOCUMENTS) {
      const marks = commandsOf(document).map(({ mark }) => mark.kind);
      if (marks.every((kind) => kind === "not-run")) continue;
      it(`do what they say, command by command: ${document}`, async (test) => {
        const own = join(folder, document);
        const reader =
          document === "README.md" ? await readerOf(journey, own) : await knowingReaderOf(journey, ada, own);
        const { executed, marked } = await runDocument(join(ROOT, document), reader);
        test.diagnostic(`${executed} blocks run, ${marked.length} not`);
        for (const line of marked) test.diagnostic(line);
        assert.equal(executed + marked.length, marks.length);
      });
    }
  });
});
