import { processUsage } from "../load/process-usage.ts";
import type { Attack } from "./attack.ts";
import { bodyAttacks } from "./body-attacks.ts";
import type { Door } from "./door.ts";
import { headAttacks } from "./head-attacks.ts";
import { type Exchange, headOf, rawExchange } from "./raw-exchange.ts";

export interface HostileOptions {
  readonly doors: readonly Door[];
  /** A plain request that must keep succeeding while a neighbour is attacked, such as GET /readyz or /version. */
  readonly health: Door;
  readonly attacks?: readonly Attack[];
  /** Processes whose memory must not run away, by name. */
  readonly pids?: Readonly<Record<string, number>>;
  /** No answer after this is a finding. */
  readonly patienceMs?: number;
}

export interface HostileRecord {
  readonly door: string;
  readonly attack: string;
  readonly status: Exchange["status"];
  readonly ms: number;
  /** The slowest answer to the health request meanwhile; Infinity when one failed. */
  readonly worstHealthMs: number;
  /** The largest growth of a watched process. */
  readonly grownMb: number;
  /** What is wrong; empty when all is well. */
  readonly finding: string;
}

const MOST_HEALTH_MS = 2000;
/** One 64 MB body held whole is about the most that may be excused. */
const MOST_GROWTH_MB = 200;
const HANG_UP_MS = 100;

export const allAttacks: readonly Attack[] = [...headAttacks, ...bodyAttacks];

const judge = (attack: Attack, { status, answer }: Exchange, worstHealthMs: number, grownMb: number): string => {
  if (worstHealthMs === Number.POSITIVE_INFINITY) return "a neighbour's request failed meanwhile";
  if (worstHealthMs > MOST_HEALTH_MS) return `a neighbour waited ${Math.round(worstHealthMs)} ms meanwhile`;
  if (grownMb > MOST_GROWTH_MB) return `a process grew by ${Math.round(grownMb)} MB`;
  if (attack.expect === "gone") return "";
  if (status === "unreachable") return "nobody listens";
  if (status === "silence") return "no answer in time";
  if (status === "closed") return "closed without an answer";
  if (status >= 500) return `answered ${status}`;
  // osquery's own way to refuse is a 200 that says so.
  const refused = status >= 400 || /"node_invalid"\s*:\s*true/.test(answer);
  return attack.expect === "refused" && !refused ? `accepted with ${status}` : "";
};

const probe = async (health: Door): Promise<number> => {
  const { status, ms } = await rawExchange(health, MOST_HEALTH_MS * 2, async (wire) => {
    await wire.send(headOf(health, { connection: "close" }));
  });
  return typeof status === "number" && status < 400 ? ms : Number.POSITIVE_INFINITY;
};

/** Probes as long as the work lasts, and once after it. */
const whileProbing = async <T>(health: Door, work: Promise<T>): Promise<readonly [T, number]> => {
  const state = { done: false };
  const finished = work.finally(() => {
    state.done = true;
  });
  let worst = 0;
  while (!state.done) {
    worst = Math.max(worst, await probe(health));
    await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, 100))]);
  }
  const result = await finished;
  return [result, Math.max(worst, await probe(health))];
};

interface Attempt {
  readonly door: Door;
  readonly attack: Attack;
}

const memoryOf = async (pids: Readonly<Record<string, number>>): Promise<number[]> =>
  await Promise.all(Object.values(pids).map(async (pid) => (await processUsage(pid))?.rssMb ?? 0));

/**
 * Attacks every door in every way that fits, one way after the other while those that wait are waiting, and says what
 * should not have happened.
 */
export const runHostile = async (options: HostileOptions): Promise<readonly HostileRecord[]> => {
  const { doors, health, attacks = allAttacks, pids = {}, patienceMs = 40_000 } = options;
  const records: HostileRecord[] = [];
  const attackAtOnce = async (attempts: readonly Attempt[]): Promise<void> => {
    const before = await memoryOf(pids);
    const exchanging = attempts.map(({ door, attack }) =>
      rawExchange(door, attack.expect === "gone" ? HANG_UP_MS : patienceMs, (wire) => attack.talk(door, wire)),
    );
    const [exchanges, worstHealthMs] = await whileProbing(health, Promise.all(exchanging));
    const after = await memoryOf(pids);
    const grownMb = Math.max(0, ...after.map((mb, place) => mb - (before[place] ?? 0)));
    for (const [place, exchange] of exchanges.entries()) {
      const { door, attack } = attempts[place] as Attempt;
      const { status, ms } = exchange;
      const finding = judge(attack, exchange, worstHealthMs, grownMb);
      records.push({ door: door.name, attack: attack.name, status, ms, worstHealthMs, grownMb, finding });
    }
  };
  const attempts = doors.flatMap((door) =>
    attacks.filter(({ fits }) => fits(door)).map((attack): Attempt => ({ door, attack })),
  );
  const waiting = attackAtOnce(attempts.filter(({ attack }) => attack.waits === true));
  for (const attempt of attempts.filter(({ attack }) => attack.waits !== true)) {
    await attackAtOnce([attempt]);
  }
  await waiting;
  return records;
};

export const findingsOf = (records: readonly HostileRecord[]): readonly HostileRecord[] =>
  records.filter(({ finding }) => finding !== "");

/** A table for people, findings marked. */
export const formatRecords = (records: readonly HostileRecord[]): string => {
  const lines = records.map(({ door, attack, status, ms, finding }) =>
    [
      finding === "" ? " " : "!",
      door.padEnd(24),
      attack.padEnd(30),
      String(status).padEnd(11),
      `${ms.toFixed(0)} ms`.padStart(9),
      finding,
    ].join("  "),
  );
  return [`${findingsOf(records).length} findings in ${records.length} attacks`, ...lines].join("\n");
};
