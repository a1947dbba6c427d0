import { createHash } from "node:crypto";
import { BackOff, type BackOffLimits } from "../back-off.ts";
import { Pause } from "../pause.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { Wait } from "../wait.ts";
import { sendCarve } from "./carve.ts";
import { Carver } from "./carver.ts";
import { answerQuestions, isDiscovered, readQuestions, recordAnswers } from "./distributed.ts";
import type { HostFacts } from "./host-facts.ts";
import type { HostSql } from "./host-sql.ts";
import type { Ledger } from "./ledger.ts";
import { LogBuffer } from "./log-buffer.ts";
import { type OsqueryConfig, readConfig } from "./osquery-config.ts";
import type { OsqueryDoor } from "./osquery-door.ts";
import { CallRefused, OsquerySession } from "./osquery-session.ts";
import { Scheduler } from "./scheduler.ts";
import { tarOf } from "./tar.ts";

export interface HostTiming {
  /** Between distributed reads, unless the configuration's options say otherwise. */
  readonly distributedMs: number;
  readonly configMs: number;
  readonly logMs: number;
  /** Between looks for carves that wait to be sent. */
  readonly carveMs: number;
  /** Between distributed reads while the server asks for speed. */
  readonly acceleratedMs: number;
  /** A host begins at a random moment within this time. */
  readonly startWithinMs: number;
  readonly backOff: BackOffLimits;
}

/** osqueryd's own defaults where it has them, with the ten seconds between reads that fleets are run with. */
export const HOST_TIMING: HostTiming = {
  distributedMs: 10_000,
  configMs: 60_000,
  logMs: 4000,
  carveMs: 60_000,
  acceleratedMs: 5000,
  startWithinMs: 2000,
  backOff: { firstMs: 1000, mostMs: 60_000 },
};

export interface OsqueryHostDeps {
  readonly facts: HostFacts;
  readonly sql: HostSql;
  readonly door: OsqueryDoor;
  readonly ledger: Ledger;
  readonly random: SeededRandom;
  readonly enrollSecret: string;
  readonly nodeKey: string | undefined;
  readonly keepNodeKey: (nodeKey: string | undefined) => void;
  readonly timing: HostTiming;
  /** Whether log batches travel compressed, as with `--logger_tls_compress`. */
  readonly gzipLogs: boolean;
  readonly now: () => Date;
}

/** One machine with osqueryd, seen from the server. */
export class OsqueryHost {
  readonly facts: HostFacts;
  readonly ledger: Ledger;
  readonly #deps: OsqueryHostDeps;
  readonly #session: OsquerySession;
  readonly #scheduler: Scheduler;
  readonly #logs: LogBuffer;
  readonly #carver: Carver;
  readonly #stopping = new AbortController();
  readonly #nextRead = new Pause(this.#stopping.signal);
  readonly #nextConfig = new Pause(this.#stopping.signal);
  readonly #nextLog = new Pause(this.#stopping.signal);
  readonly #nextCarve = new Pause(this.#stopping.signal);
  #running: Promise<unknown> | undefined;
  #config: OsqueryConfig | undefined;
  #configHash = "";
  #fastUntil = 0;
  readonly #waits: Wait[] = [];

  constructor(deps: OsqueryHostDeps) {
    this.#deps = deps;
    this.facts = deps.facts;
    this.ledger = deps.ledger;
    this.#session = new OsquerySession({
      ...deps,
      backOff: deps.timing.backOff,
      random: deps.random.fork("retry"),
      signal: this.#stopping.signal,
    });
    this.#scheduler = new Scheduler(deps);
    this.#carver = new Carver(deps.sql, deps.random.fork("carves"));
    this.#logs = new LogBuffer({ session: this.#session, ledger: deps.ledger, gzip: deps.gzipLogs });
  }

  get nodeKey(): string | undefined {
    return this.#session.nodeKey;
  }

  /** How long it went without an answer at worst, over all attempts. */
  get longestWaitMs(): number {
    return Math.max(0, ...this.#waits.map(({ longestMs }) => longestMs));
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the loops after the calls under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Reads questions now instead of at the next interval. */
  poll(): void {
    this.#nextRead.wake();
  }

  /** Reads the questions, answers them, and writes the answers. @returns the names of what was answered. */
  async distributedCycle(): Promise<readonly string[]> {
    const { ledger, now } = this.#deps;
    const questions = readQuestions((await this.#session.call("/distributed/read", {})).body);
    if (questions.accelerateSec > 0) this.#fastUntil = now().getTime() + questions.accelerateSec * 1000;
    for (const [name, sql] of Object.entries(questions.queries)) ledger.add({ kind: "asked", name, sql });
    const answers = answerQuestions(questions, { ...this.#deps, sql: this.#carver });
    const names = Object.keys(answers.queries);
    if (names.length === 0) return names;
    try {
      await this.#session.call("/distributed/write", { ...answers });
    } catch (error) {
      recordAnswers(answers, false, ledger);
      throw error;
    }
    recordAnswers(answers, true, ledger);
    return names;
  }

  /** Fetches the configuration, always the whole of it, and takes it up when it is another. */
  async configCycle(): Promise<void> {
    const { body } = await this.#session.call("/config", {});
    const hash = createHash("sha1").update(JSON.stringify(body)).digest("hex");
    if (hash === this.#configHash) return;
    this.#configHash = hash;
    this.facts.configured(hash);
    this.#config = readConfig(body, {
      platform: this.facts.identity.platform,
      shard: this.#deps.random.fork("shard").int(1, 100),
      isDiscovered: (sql) => isDiscovered(sql, this.#deps),
    });
    this.#scheduler.configure(this.#config);
    this.#nextLog.wake();
  }

  /** Runs due scheduled queries and sends what has gathered. */
  async logCycle(): Promise<void> {
    this.#logs.add(this.#scheduler.run());
    await this.#logs.flush();
  }

  /** Sends the files that questions asked for; each is one archive. A carve that is refused is given up. */
  async carveCycle(): Promise<void> {
    const { identity } = this.facts;
    for (const carve of this.#carver.take()) {
      const { path, guid } = carve;
      const content = Buffer.from(`${path} of ${identity.name}\n`.repeat(900));
      const accepted = await sendCarve(this.#session, this.#deps.door, carve, tarOf(path, content)).then(
        () => true,
        () => false,
      );
      this.ledger.add({ kind: "carved", path, guid, accepted });
    }
  }

  async #run(): Promise<void> {
    await this.#nextConfig.sleep(this.#deps.random.fork("start").int(0, this.#deps.timing.startWithinMs));
    this.#logs.add({ result: [], status: [this.#scheduler.statusLine(0, "osqueryd started")] });
    const { timing } = this.#deps;
    await Promise.all([
      this.#repeat(
        "read",
        this.#nextRead,
        () => this.distributedCycle(),
        () => this.#readPauseMs(),
      ),
      this.#repeat(
        "config",
        this.#nextConfig,
        () => this.configCycle(),
        () => timing.configMs,
      ),
      this.#repeat(
        "log",
        this.#nextLog,
        () => this.logCycle(),
        () => this.#ms(this.#config?.loggerPeriodSec, timing.logMs),
      ),
      this.#repeat(
        "carve",
        this.#nextCarve,
        () => this.carveCycle(),
        () => timing.carveMs,
      ),
    ]);
  }

  #readPauseMs(): number {
    const { timing, now } = this.#deps;
    if (now().getTime() < this.#fastUntil) return timing.acceleratedMs;
    return this.#ms(this.#config?.distributedIntervalSec, timing.distributedMs);
  }

  #ms(configuredSec: number | undefined, otherwiseMs: number): number {
    return configuredSec === undefined ? otherwiseMs : configuredSec * 1000;
  }

  async #repeat(label: string, pause: Pause, cycle: () => Promise<unknown>, pauseMs: () => number): Promise<void> {
    const random = this.#deps.random.fork(label);
    const backOff = new BackOff(this.#deps.timing.backOff, random);
    const wait = new Wait();
    this.#waits.push(wait);
    while (!this.#stopping.signal.aborted) {
      try {
        wait.asked();
        await cycle();
        wait.answered();
        backOff.succeeded();
        // A tenth either way keeps hosts that started together from staying together.
        await pause.sleep(pauseMs() * (0.9 + random.next() * 0.2));
      } catch (error) {
        const asked = error instanceof CallRefused ? (error.retryAfterSec ?? 0) * 1000 : 0;
        await pause.sleep(Math.max(asked, backOff.nextMs()));
      }
    }
  }
}
