import { BackOff, type BackOffLimits } from "../back-off.ts";
import { answerQuestions, readQuestions, recordAnswers } from "../osquery/distributed.ts";
import type { HostFacts } from "../osquery/host-facts.ts";
import { HostSql } from "../osquery/host-sql.ts";
import { Ledger } from "../osquery/ledger.ts";
import { Pause } from "../pause.ts";
import { SeededRandom } from "../seeded-random.ts";
import { Wait } from "../wait.ts";
import { AgentDoor } from "./agent-door.ts";
import { type CommandEntry, CommandRunner, echoScript, type PretendScript } from "./command-runner.ts";
import type { DeviceKey } from "./device-key.ts";
import { type KeySet, readCommand } from "./signed-command.ts";

export interface AgentOptions {
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  readonly token: string;
  readonly key: DeviceKey;
  /** What kind of machine it is, and what it answers to questions. */
  readonly facts: HostFacts;
  readonly script?: PretendScript;
  readonly backOff?: BackOffLimits;
  readonly now?: () => Date;
}

export interface Enrollment {
  readonly deviceId: string;
  readonly tenant: string;
  readonly certificate: string;
  readonly chain: readonly string[];
  readonly nodeKey: string;
  readonly commandKeys: KeySet;
  readonly checkinIntervalSec: number;
}

const CAPABILITIES = ["run_script", "refetch", "restart", "shutdown", "cancel", "sql"] as const;

/** Enrolls a machine with a token. @throws AgentRefused with the server's code. */
export const enrollAgent = async (
  options: Pick<AgentOptions, "server" | "ca" | "token" | "key" | "facts">,
): Promise<Enrollment> => {
  const { hardware, uuid, serial, name, os } = options.facts.identity;
  const door = new AgentDoor(options.server, options.ca);
  try {
    const answer = await door.post("/agent/v1/enroll", {
      token: options.token,
      csr: options.key.csr,
      hostname: name,
      hardware: { uuid, serial, vendor: hardware.vendor, model: hardware.model },
      os: { platform: os.osPlatform, name: os.name, version: os.version, kernel: os.kernel, arch: hardware.arch },
      agent: { version: "0.0.0-simulated", protocols: [1], capabilities: CAPABILITIES },
    });
    return answer as unknown as Enrollment;
  } finally {
    await door.close();
  }
};

export interface SimulatedAgent {
  readonly enrollment: Enrollment;
  /** Questions asked and answered. */
  readonly ledger: Ledger;
  commands(): readonly CommandEntry[];
  /** How long a check-in went without an answer at worst, over all attempts. */
  longestWaitMs(): number;
  /** Whether the stream stands. */
  connected(): boolean;
  /** Checks in now: fetches commands, runs them, sends results. */
  checkin(): Promise<void>;
  stop(): Promise<void>;
}

/** Enrolls and then lives as the agent does: stream, check-in on wake and by the clock, results until accepted. */
export const startAgent = async (options: AgentOptions): Promise<SimulatedAgent> => {
  const now = options.now ?? (() => new Date());
  const enrollment = await enrollAgent(options);
  const { deviceId, certificate, chain, nodeKey, commandKeys } = enrollment;
  const door = new AgentDoor(options.server, options.ca, { certificate, chain, privateKey: options.key.privateKey });
  const runner = new CommandRunner(deviceId, options.script ?? echoScript, now);
  const random = new SeededRandom(deviceId);
  const bootId = random.uuid();
  const sql = new HostSql();
  const ledger = new Ledger(now);
  const stopping = new AbortController();
  const checkinPause = new Pause(stopping.signal);
  const questionPause = new Pause(stopping.signal);
  let seq = 0;
  let nextMs = enrollment.checkinIntervalSec * 1000;
  let connected = false;

  const sendResults = async (): Promise<void> => {
    const results = runner.unaccepted();
    if (results.length === 0) return;
    const answer = await door.post("/agent/v1/results", { results });
    runner.accepted((answer["accepted"] ?? []) as string[]);
  };

  const wait = new Wait();
  const checkin = async (): Promise<void> => {
    wait.asked();
    seq += 1;
    const journalDepth = runner.unaccepted().length;
    const body = { bootId, seq, journalDepth, agentVersion: "0.0.0-simulated", scriptsEnabled: true };
    const answer = await door.post("/agent/v1/checkin", body);
    nextMs = Number(answer["nextSec"] ?? enrollment.checkinIntervalSec) * 1000;
    wait.answered();
    for (const jws of (answer["commands"] ?? []) as string[]) runner.take(readCommand(jws, commandKeys));
    await sendResults();
  };

  const answerAll = async (): Promise<void> => {
    const questions = readQuestions(await door.post("/api/osquery/distributed/read", { node_key: nodeKey }));
    for (const [name, text] of Object.entries(questions.queries)) ledger.add({ kind: "asked", name, sql: text });
    const answers = answerQuestions(questions, { facts: options.facts, sql, now });
    if (Object.keys(answers.queries).length === 0) return;
    await door.post("/api/osquery/distributed/write", { node_key: nodeKey, ...answers });
    recordAnswers(answers, true, ledger);
  };

  const listen = async (): Promise<void> => {
    for await (const message of door.stream(stopping.signal)) {
      connected = true;
      if (message["type"] !== "wake") continue;
      if (message["for"] === "commands") checkinPause.wake();
      else if (message["for"] === "queries") questionPause.wake();
    }
  };

  const repeat = async (
    label: string,
    pause: Pause,
    work: () => Promise<void>,
    pauseMs: () => number,
  ): Promise<void> => {
    const backOff = new BackOff(options.backOff ?? { firstMs: 1000, mostMs: 300_000 }, random.fork(label));
    while (!stopping.signal.aborted) {
      try {
        await work();
        backOff.succeeded();
        await pause.sleep(pauseMs());
      } catch (error) {
        if (stopping.signal.aborted) return;
        ledger.add({ kind: "failed", path: label, reason: error instanceof Error ? error.message : String(error) });
        await pause.sleep(backOff.nextMs());
      } finally {
        if (label === "stream") connected = false;
      }
    }
  };

  const running = Promise.all([
    repeat("stream", new Pause(stopping.signal), listen, () => options.backOff?.firstMs ?? 1000),
    repeat("checkin", checkinPause, checkin, () => nextMs),
    repeat("questions", questionPause, answerAll, () => 60_000),
  ]);

  return {
    enrollment,
    ledger,
    commands: () => runner.ledger(),
    longestWaitMs: () => wait.longestMs,
    connected: () => connected,
    checkin,
    async stop() {
      stopping.abort();
      const cut = setTimeout(() => void door.close(), 2000);
      await running;
      clearTimeout(cut);
      await door.close();
      sql.close();
    },
  };
};
