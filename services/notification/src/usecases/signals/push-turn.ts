import type { ServiceDatabase } from "@muster/postgres/service-database";
import { PATIENCE_MS, pauseAfterFailure } from "../../domain/signals/push-schedule.ts";
import type { Signal } from "../../domain/signals/security-event.ts";
import { endTurn, keepTurn, noteFailure, type PushTurn, postpone } from "../../storage/signals/push-turns.ts";
import { accepted, noteSettled, refused, waiting } from "../../storage/signals/queue.ts";
import type { NotificationTables } from "../../storage/tables.ts";
import { changeStatus } from "./change-status.ts";
import { setOf } from "./poll-signals.ts";
import type { PushOutcome, SignalDeps } from "./ports.ts";

export interface PushDeps extends SignalDeps {
  readonly post: (url: string, set: string, authorization: string | undefined) => Promise<PushOutcome>;
  readonly chance: () => number;
  /** Told of each push, with how long the signal had waited when it was taken, in seconds. */
  readonly pushed: (outcome: PushOutcome["kind"], waitedSec: number) => void;
}

type Sql = Parameters<Parameters<ServiceDatabase<NotificationTables>["tenant"]>[1]>[0]["sql"];

/** Sends what waits for one stream, one signal after the other, until nothing does, one fails, or it is to stop. */
export async function pushTurn(deps: PushDeps, turn: PushTurn, stopping: AbortSignal): Promise<void> {
  const { database, vault } = deps;
  const { tenant, id, authorization_sealed } = turn;
  const authorization =
    authorization_sealed === null ? undefined : vault.open(tenant, id, authorization_sealed).toString();
  const next = async (sql: Sql) => (stopping.aborted ? undefined : (await waiting(sql, turn, 1))[0]);
  let signal = await database.tenant(tenant, ({ sql }) => next(sql));
  while (signal !== undefined) {
    const sent = signal;
    const outcome = await deps.post(turn.endpoint_url, await setOf(deps, turn, sent), authorization);
    deps.pushed(outcome.kind, (deps.now().getTime() - sent.issuedAt.getTime()) / 1_000);
    signal = await database.tenant(tenant, async ({ sql }) => {
      if (!(await keepTurn(sql, turn))) return undefined;
      return (await settlePush(deps, sql, turn, sent, outcome)) ? next(sql) : undefined;
    });
  }
  await database.tenant(tenant, ({ sql }) => endTurn(sql, turn));
}

/** Writes how a push ended. @returns whether the next may be sent. */
async function settlePush(
  deps: PushDeps,
  sql: Sql,
  turn: PushTurn,
  { jti }: Signal,
  outcome: PushOutcome,
): Promise<boolean> {
  if (outcome.kind === "accepted") {
    await noteSettled(sql, turn, await accepted(sql, turn, [jti]), 0, "");
    return true;
  }
  if (outcome.kind === "refused") {
    await noteSettled(sql, turn, 0, await refused(sql, turn, [{ jti, error: outcome.error }]), outcome.error);
    return true;
  }
  const { failures, since } = await noteFailure(sql, turn, outcome.error);
  await postpone(sql, turn, pauseAfterFailure(failures, outcome.retryAfterMs, deps.chance()));
  if (turn.status === "enabled" && deps.now().getTime() - since.getTime() >= PATIENCE_MS) {
    const reason = `nothing was taken since ${since.toISOString()}`;
    await changeStatus(sql, turn, { status: "paused", reason, byReceiver: false, txn: deps.newId() });
  }
  return false;
}
