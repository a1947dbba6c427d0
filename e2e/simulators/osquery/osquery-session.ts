import { BackOff, type BackOffLimits } from "../back-off.ts";
import { Pause } from "../pause.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { HostFacts } from "./host-facts.ts";
import type { Ledger } from "./ledger.ts";
import type { OsqueryAnswer, OsqueryDoor } from "./osquery-door.ts";
import { PLATFORM_MASK } from "./platform.ts";

export interface OsquerySessionDeps {
  readonly door: OsqueryDoor;
  readonly facts: HostFacts;
  readonly ledger: Ledger;
  readonly enrollSecret: string;
  readonly nodeKey: string | undefined;
  readonly keepNodeKey: (nodeKey: string | undefined) => void;
  readonly backOff: BackOffLimits;
  readonly random: SeededRandom;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** The server refused a call, or gave no answer that means anything. */
export class CallRefused extends Error {
  readonly retryAfterSec: number | undefined;

  constructor(path: string, answer: OsqueryAnswer) {
    super(`${path} answered ${answer.status}`);
    this.retryAfterSec = answer.retryAfterSec;
  }
}

const HOST_DETAILS = ["os_version", "osquery_info", "system_info", "platform_info"] as const;

/** The node key of one host: won at enrollment, sent with every call, dropped when the server calls it invalid. */
export class OsquerySession {
  readonly #deps: OsquerySessionDeps;
  #nodeKey: string | undefined;
  #enrolling: Promise<string> | undefined;

  constructor(deps: OsquerySessionDeps) {
    this.#deps = deps;
    this.#nodeKey = deps.nodeKey;
  }

  get nodeKey(): string | undefined {
    return this.#nodeKey;
  }

  /** Calls with the node key; enrolls first where needed, and once more when the key turns out to be invalid. */
  async call(path: string, body: Readonly<Record<string, unknown>>, gzipped = false): Promise<OsqueryAnswer> {
    for (const lastChance of [false, true]) {
      const nodeKey = this.#nodeKey ?? (await this.enroll());
      const answer = await this.#post(path, { node_key: nodeKey, ...body }, gzipped);
      if (!answer.nodeInvalid && answer.status < 300 && answer.body["error"] === undefined) return answer;
      this.#deps.ledger.add({ kind: "refused", path, status: answer.status, nodeInvalid: answer.nodeInvalid });
      if (answer.nodeInvalid) this.#drop(nodeKey);
      if (!answer.nodeInvalid || lastChance) throw new CallRefused(path, answer);
    }
    throw new Error("unreachable");
  }

  /** Tries until it succeeds or the host stops; concurrent callers share one attempt. */
  async enroll(): Promise<string> {
    this.#enrolling ??= this.#enrollUntilDone().finally(() => {
      this.#enrolling = undefined;
    });
    return await this.#enrolling;
  }

  #drop(nodeKey: string): void {
    // Another call may have enrolled again meanwhile; its key is good.
    if (this.#nodeKey !== nodeKey) return;
    this.#nodeKey = undefined;
    this.#deps.keepNodeKey(undefined);
  }

  async #enrollUntilDone(): Promise<string> {
    const { ledger, signal, random } = this.#deps;
    const backOff = new BackOff(this.#deps.backOff, random);
    const pause = new Pause(signal);
    while (!signal.aborted) {
      const answer = await this.#post("/enroll", this.#enrollment(), false).catch(() => undefined);
      const nodeKey = answer?.body["node_key"];
      if (answer !== undefined && !answer.nodeInvalid && typeof nodeKey === "string" && nodeKey !== "") {
        this.#nodeKey = nodeKey;
        this.#deps.keepNodeKey(nodeKey);
        ledger.add({ kind: "enrolled", nodeKey });
        return nodeKey;
      }
      if (answer !== undefined) {
        ledger.add({ kind: "refused", path: "/enroll", status: answer.status, nodeInvalid: answer.nodeInvalid });
      }
      await pause.sleep(Math.max(backOff.nextMs(), (answer?.retryAfterSec ?? 0) * 1000));
    }
    throw new Error("stopped before the host could enroll");
  }

  #enrollment(): Record<string, unknown> {
    const { facts, enrollSecret, now } = this.#deps;
    const details = HOST_DETAILS.map((table) => {
      const [row = {}] = facts.rows(table, now());
      return [table, Object.fromEntries(Object.entries(row).map(([column, value]) => [column, String(value)]))];
    });
    return {
      enroll_secret: enrollSecret,
      host_identifier: facts.identity.uuid,
      platform_type: String(PLATFORM_MASK[facts.identity.platform]),
      host_details: Object.fromEntries(details),
    };
  }

  async #post(path: string, body: Readonly<Record<string, unknown>>, gzipped: boolean): Promise<OsqueryAnswer> {
    try {
      return await this.#deps.door.post(path, body, gzipped);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#deps.ledger.add({ kind: "failed", path, reason });
      throw error;
    }
  }
}
