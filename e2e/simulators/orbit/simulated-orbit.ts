import { type Dispatcher, request } from "undici";
import { WebSocket } from "ws";
import { BackOff, type BackOffLimits } from "../back-off.ts";
import { answerQuestions, readQuestions, recordAnswers } from "../osquery/distributed.ts";
import type { HostFacts } from "../osquery/host-facts.ts";
import type { HostSql } from "../osquery/host-sql.ts";
import { Ledger } from "../osquery/ledger.ts";
import { osqueryDoor } from "../osquery/osquery-door.ts";
import { Pause } from "../pause.ts";
import type { SeededRandom } from "../seeded-random.ts";

export interface OrbitOptions {
  readonly server: string;
  /** PEM of the authority that signed the server's certificate, for the WebSocket; the dispatcher has its own. */
  readonly ca?: string;
  readonly dispatcher: Dispatcher;
  readonly enrollSecret: string;
  readonly facts: HostFacts;
  readonly sql: HostSql;
  readonly random: SeededRandom;
  readonly configMs?: number;
  /** Between reads of questions while the socket is closed. */
  readonly readMs?: number;
  readonly backOff?: BackOffLimits;
  readonly script?: (contents: string) => { readonly output: string; readonly exitCode: number };
  readonly now?: () => Date;
}

export interface ScriptRun {
  readonly executionId: string;
  readonly contents: string;
  readonly output: string;
  readonly exitCode: number;
}

export interface SimulatedOrbit {
  readonly nodeKey: string;
  readonly deviceToken: string;
  readonly ledger: Ledger;
  readonly scripts: readonly ScriptRun[];
  /** Frames that came over the WebSocket, oldest first. */
  readonly frames: readonly Readonly<Record<string, unknown>>[];
  /** Fetches the configuration and runs the scripts it announces. @returns the notifications. */
  configCycle(): Promise<Readonly<Record<string, unknown>>>;
  /** `HEAD ping`. @returns the server's capabilities. */
  ping(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const PREFIX = "/api/fleet/orbit";

/** Enrolls as fleetd does and then polls its configuration, listens on the WebSocket and pretends to run scripts. */
export const startOrbit = async (options: OrbitOptions): Promise<SimulatedOrbit> => {
  const { facts, dispatcher, random } = options;
  const now = options.now ?? (() => new Date());
  const ledger = new Ledger(now);
  const stopping = new AbortController();
  const scripts: ScriptRun[] = [];
  const frames: Record<string, unknown>[] = [];
  const distributed = osqueryDoor({ server: options.server, dispatcher });
  const wakeRead = new Pause(stopping.signal);
  const wakeConfig = new Pause(stopping.signal);

  const call = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const response = await request(new URL(`${PREFIX}${path}`, options.server), {
      method: "POST",
      dispatcher,
      headersTimeout: 30_000,
      bodyTimeout: 30_000,
      headers: { "content-type": "application/json", "x-fleet-capabilities": "escrow_buddy,setup_experience" },
      body: JSON.stringify(body),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) {
      ledger.add({ kind: "refused", path, status: response.statusCode, nodeInvalid: response.statusCode === 401 });
      throw new Error(`${path} answered ${response.statusCode}: ${text.slice(0, 200)}`);
    }
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  };

  const { identity } = facts;
  const enrolled = await call("/enroll", {
    enroll_secret: options.enrollSecret,
    hardware_uuid: identity.uuid,
    hardware_serial: identity.serial,
    hostname: identity.name,
    platform: identity.os.osPlatform,
    platform_like: identity.os.platformLike,
    computer_name: identity.name,
    hardware_model: identity.hardware.model,
  });
  const nodeKey = String(enrolled["orbit_node_key"]);
  ledger.add({ kind: "enrolled", nodeKey });
  const deviceToken = random.uuid();
  const orbit = (path: string, body: object = {}) => call(path, { orbit_node_key: nodeKey, ...body });
  await orbit("/device_token", { device_auth_token: deviceToken });

  const taken = new Set<string>();
  const runScript = async (executionId: string): Promise<void> => {
    // Two configurations may announce the same run before its result arrived.
    if (taken.has(executionId)) return;
    taken.add(executionId);
    const details = await orbit("/scripts/request", { execution_id: executionId });
    const contents = typeof details["script_contents"] === "string" ? details["script_contents"] : "";
    const { output, exitCode } = options.script?.(contents) ?? {
      output: `ran ${contents.length} characters`,
      exitCode: 0,
    };
    const result = {
      host_id: details["host_id"],
      execution_id: executionId,
      output,
      runtime: 1,
      exit_code: exitCode,
      timeout: 300,
    };
    await orbit("/scripts/result", result);
    scripts.push({ executionId, contents, output, exitCode });
  };

  const configCycle = async (): Promise<Record<string, unknown>> => {
    const config = await orbit("/config");
    const notifications = (config["notifications"] ?? {}) as Record<string, unknown>;
    const pending = (notifications["pending_script_execution_ids"] ?? []) as string[];
    for (const id of pending) await runScript(id);
    return notifications;
  };

  let connected = false;
  let told = false;

  // While its socket is open it reads questions only when it is told to.
  const distributedTurn = async (): Promise<void> => {
    if (connected && !told) return;
    told = false;
    await distributedCycle();
  };

  // With the socket active fleetd shows its orbit node key on distributed/* too.
  const distributedCycle = async (): Promise<void> => {
    const read = await distributed.post("/distributed/read", { node_key: nodeKey });
    const questions = readQuestions(read.body);
    for (const [name, sql] of Object.entries(questions.queries)) ledger.add({ kind: "asked", name, sql });
    const answers = answerQuestions(questions, { facts, sql: options.sql, now });
    if (Object.keys(answers.queries).length === 0) return;
    const written = await distributed.post("/distributed/write", { node_key: nodeKey, ...answers });
    recordAnswers(answers, written.status < 300, ledger);
  };

  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const url = new URL(`${PREFIX}/notifications`, options.server.replace(/^http/, "ws"));
      const headers = { authorization: `Node key ${nodeKey}` };
      const socket = new WebSocket(url, {
        headers,
        handshakeTimeout: 30_000,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      });
      const end = (): void => socket.terminate();
      socket.once("open", () => {
        connected = true;
      });
      stopping.signal.addEventListener("abort", end, { once: true });
      socket.on("message", (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as Record<string, unknown>;
        frames.push(frame);
        if (frame["type"] === "distributed/read") {
          told = true;
          wakeRead.wake();
        }
        if (frame["type"] === "orbit/config") wakeConfig.wake();
      });
      socket.once("error", reject);
      socket.once("close", () => {
        connected = false;
        stopping.signal.removeEventListener("abort", end);
        resolve();
      });
    });

  const repeat = async (label: string, pause: Pause, work: () => Promise<unknown>, pauseMs: number): Promise<void> => {
    const backOff = new BackOff(options.backOff ?? { firstMs: 5000, mostMs: 300_000 }, random.fork(label));
    while (!stopping.signal.aborted) {
      try {
        await work();
        backOff.succeeded();
        await pause.sleep(pauseMs);
      } catch (error) {
        ledger.add({ kind: "failed", path: label, reason: error instanceof Error ? error.message : String(error) });
        await pause.sleep(backOff.nextMs());
      }
    }
  };

  const running = Promise.all([
    repeat("config", wakeConfig, configCycle, options.configMs ?? 30_000),
    repeat("distributed", wakeRead, distributedTurn, options.readMs ?? 10_000),
    repeat("notifications", new Pause(stopping.signal), listen, options.backOff?.firstMs ?? 5000),
  ]);

  return {
    nodeKey,
    deviceToken,
    ledger,
    scripts,
    frames,
    configCycle,
    async ping() {
      const response = await request(new URL(`${PREFIX}/ping`, options.server), { method: "HEAD", dispatcher });
      await response.body.dump();
      return String(response.headers["x-fleet-capabilities"] ?? "")
        .split(",")
        .filter((name) => name !== "");
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
};
