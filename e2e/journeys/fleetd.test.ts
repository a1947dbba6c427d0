import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { request } from "undici";
import { WebSocket } from "ws";
import { type SimulatedOrbit, startOrbit } from "../simulators/orbit/simulated-orbit.ts";
import type { OsqueryHost } from "../simulators/osquery/osquery-host.ts";
import { SeededRandom } from "../simulators/seeded-random.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";
import { factsOf, identityOf, type OsqueryMachines, osqueryMachines } from "./testing/osquery-machines.ts";
import { runMuster } from "./testing/run-muster.ts";

interface Enrollment {
  readonly deviceId: string;
  readonly generations: Readonly<Record<string, number>>;
}

interface Command {
  readonly id: string;
  readonly state: string;
  readonly result?: { readonly exitCode: number; readonly output: string };
}

interface Answer {
  readonly answer?: { readonly deviceId: string; readonly rows: { readonly columns: Record<string, string> }[] };
}

/** Longer than the journey: whatever comes sooner was woken. */
const NEVER_MS = 3_600_000;
const AT_ONCE_MS = 10_000;
const FLEET_REPOSITORY = join(import.meta.dirname, "testing/fleet-repository");

describe("fleetd beside osqueryd on one machine", () => {
  const identity = identityOf("fleetd-host");
  let journey: JourneyPlatform;
  let machines: OsqueryMachines;
  let orbit: SimulatedOrbit;
  let osquery: OsqueryHost;
  let deviceId: string;

  before(async () => {
    journey = await startJourneyPlatform({ environment: { MUSTER_ENROLL_COOLDOWN_SECONDS: "0" } });
    await journey.api.put("/api/v1/osquery-config", { options: { distributed_interval: NEVER_MS / 1_000 } });
    machines = osqueryMachines(journey);
    orbit = await startOrbit({
      server: journey.platform.urls.device,
      ca: journey.ca,
      dispatcher: machines.dispatcher,
      enrollSecret: journey.enrollSecret,
      facts: factsOf(identity),
      sql: machines.sql,
      random: new SeededRandom("fleetd"),
      configMs: NEVER_MS,
      backOff: { firstMs: 100, mostMs: 1_000 },
      script: (contents) => ({ output: `ran ${contents}`, exitCode: 0 }),
    });
    osquery = machines.start({ identity, enrollSecret: journey.enrollSecret, timing: { distributedMs: NEVER_MS } });
    await osquery.ledger.wait((entry) => entry.kind === "enrolled", 20_000);
  });

  after(async () => {
    await orbit?.stop();
    await machines?.stop();
    await journey?.stop();
  });

  it("is one device with a key for each of the two", async () => {
    const { enrollments } = await journey.api.get<{ enrollments: Enrollment[] }>("/api/v1/enrollments");
    assert.deepEqual(
      enrollments.map(({ generations }) => generations),
      [{ orbit: 1, osquery: 1 }],
    );
    deviceId = enrollments[0]?.deviceId ?? "";
    await journey.api.until<{ devices: { id: string }[] }, true>("/api/v1/devices", ({ devices }) =>
      devices.length === 1 && devices[0]?.id === deviceId ? true : undefined,
    );
    assert.ok((await orbit.ping()).includes("orbit_endpoints"));
  });

  it("is woken for a script over the WebSocket, and its output comes back", async (test) => {
    const startedAt = performance.now();
    const { commands } = await journey.api.post<{ commands: Command[] }>("/api/v1/commands", {
      deviceIds: [deviceId],
      type: "run_script",
      runScript: { content: "echo hello" },
    });
    const ended = await journey.api.until<Command, Command>(`/api/v1/commands/${commands[0]?.id}`, (command) =>
      command.state === "COMMAND_STATE_ACKNOWLEDGED" ? command : undefined,
    );
    const tookMs = performance.now() - startedAt;
    test.diagnostic(`from the request to the output: ${tookMs.toFixed(0)} ms`);
    assert.deepEqual([ended.result?.exitCode, ended.result?.output], [0, "ran echo hello"]);
    assert.ok(tookMs < AT_ONCE_MS, `it took ${tookMs} ms`);
    assert.deepEqual(
      orbit.scripts.map(({ executionId, contents }) => [executionId, contents]),
      [[commands[0]?.id, "echo hello"]],
    );
    assert.ok(orbit.frames.some(({ type }) => type === "orbit/config"));
    assert.deepEqual((await orbit.configCycle())["pending_script_execution_ids"], []);
  });

  it("answers a live query at once, with its orbit node key", async (test) => {
    const startedAt = performance.now();
    const live = await journey.api.post<{ id: string; targets: number }>("/api/v1/live-queries", {
      sql: "SELECT hostname FROM system_info",
      selection: { deviceIds: [deviceId] },
    });
    assert.equal(live.targets, 1);
    const response = await fetch(`${journey.platform.urls.gateway}/api/v1/live-queries/${live.id}/answers`, {
      headers: { authorization: `Bearer ${journey.platform.administrator.token}`, accept: "application/x-ndjson" },
      signal: AbortSignal.timeout(15_000),
    });
    const lines = (await response.text()).split("\n").filter((line) => line !== "");
    const tookMs = performance.now() - startedAt;
    const answers = lines.flatMap((line) => (JSON.parse(line) as Answer).answer ?? []);
    test.diagnostic(`from the question to the end of the answers: ${tookMs.toFixed(0)} ms`);
    assert.deepEqual(
      answers.map((answer) => [answer.deviceId, answer.rows.map(({ columns }) => columns)]),
      [[deviceId, [{ hostname: identity.name }]]],
    );
    assert.ok(tookMs < AT_ONCE_MS, `it took ${tookMs} ms`);
    assert.ok(orbit.frames.some(({ type }) => type === "distributed/read"));
  });

  it("lets its desktop program in with the device token", async () => {
    const ask = (token: string) =>
      request(new URL(`/api/latest/fleet/device/${token}/desktop`, journey.platform.urls.device), {
        dispatcher: machines.dispatcher,
      });
    const known = await ask(orbit.deviceToken);
    assert.equal(known.statusCode, 200);
    const page = (await known.body.json()) as Record<string, unknown>;
    assert.equal(page["failing_policies_count"], 0);
    const unknown = await ask("11111111-2222-4333-8444-555555555555");
    await unknown.body.dump();
    assert.equal(unknown.statusCode, 401);
  });

  it("is refused everywhere once it is unenrolled", async () => {
    await osquery.stop();
    await journey.api.post(`/api/v1/enrollments/${deviceId}/unenroll`, { reason: "sold" });
    const { device, doors } = { device: journey.platform.urls.device, doors: machines.door };
    const status = async (): Promise<readonly unknown[]> => {
      const config = await orbit.configCycle().then(
        () => 200,
        (error: Error) => Number(/ answered (\d+)/.exec(error.message)?.[1]),
      );
      const desktop = await request(new URL(`/api/latest/fleet/device/${orbit.deviceToken}/desktop`, device), {
        dispatcher: machines.dispatcher,
      });
      await desktop.body.dump();
      const read = await doors.post("/distributed/read", { node_key: osquery.nodeKey });
      const readByOrbit = await doors.post("/distributed/read", { node_key: orbit.nodeKey });
      return [config, desktop.statusCode, read.status, readByOrbit.status, await upgradeStatus(device)];
    };
    const wanted = [401, 401, 401, 401, 401];
    const end = performance.now() + 10_000;
    let last = await status();
    while (String(last) !== String(wanted) && performance.now() < end) last = await status();
    assert.deepEqual(last, wanted);
    // The socket that was held is closed: fleetd has come again, in vain.
    await orbit.ledger.wait((entry) => entry.kind === "failed" && /\b401\b/.test(entry.reason));
    await journey.api.until<{ unenrolled: boolean }, true>(`/api/v1/devices/${deviceId}`, ({ unenrolled }) =>
      unenrolled ? true : undefined,
    );
  });

  it("gets no old key back when osqueryd enrolls anew", async () => {
    const again = machines.start({ identity, enrollSecret: journey.enrollSecret, timing: { distributedMs: NEVER_MS } });
    await again.ledger.wait((entry) => entry.kind === "enrolled", 20_000);
    await journey.api.until<{ unenrolled: boolean }, true>(`/api/v1/devices/${deviceId}`, ({ unenrolled }) =>
      unenrolled ? undefined : true,
    );
    await assert.rejects(orbit.configCycle(), /answered 401/);
    const { status } = await machines.door.post("/distributed/read", { node_key: orbit.nodeKey });
    assert.equal(status, 401);
    assert.equal(await upgradeStatus(journey.platform.urls.device), 401);
  });

  it("leaves a repository of Fleet's behind that becomes documents, which say afterwards how everything is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "muster-fleet-"));
    const secrets = {
      EVERYBODYS_SECRET: "everybodys-secret-that-nobody-guesses",
      LAPTOPS_SECRET: "laptops-secret-that-nobody-guesses",
    };
    try {
      const translated = await runMuster(journey, ["translate", "fleet", FLEET_REPOSITORY, folder]);
      assert.match(translated.out, /^default\.yml controls\.macos_setup: has no counterpart$/m);
      const count = /^(\d+) documents in /m.exec(translated.out)?.[1];
      const applied = await runMuster(journey, ["apply", "-f", folder], secrets);
      assert.equal(applied.code, 0, applied.out);
      for (const made of ["Script firewall-on.sh", "Policy The firewall is on", "Label Laptops", "Profile screensaver"])
        assert.ok(applied.out.includes(`+ ${made}`), `${made} is not in ${applied.out}`);
      const again = await runMuster(journey, ["diff", "-f", folder], secrets);
      assert.equal(again.out, `everything is as the documents say (${count})\n`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  /** What the WebSocket's door says to the orbit node key. */
  const upgradeStatus = (origin: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(new URL("/api/fleet/orbit/notifications", origin.replace(/^http/, "ws")), {
        headers: { authorization: `Node key ${orbit.nodeKey}` },
        ca: journey.ca,
        handshakeTimeout: 5_000,
      });
      socket.once("unexpected-response", (_request, response) => {
        resolve(response.statusCode ?? 0);
        socket.terminate();
      });
      socket.once("open", () => {
        resolve(101);
        socket.terminate();
      });
      socket.on("error", reject);
    });
});
