import { createHash } from "node:crypto";
import type { PushTarget } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import type { Logger } from "@muster/host/logging";
import { KEPT_MS, LEASE_MS, spreadAfter, triedAgainAt } from "../domain/push/push-times.ts";
import type { DeadToken } from "../storage/dead-tokens.ts";
import type { SealedCertificate } from "../storage/push-certificates.ts";
import type { ChannelKey, PushDue, Settlement } from "../storage/push-dues.ts";
import type { PushWork } from "../usecases/push/push-work.ts";
import { type PushLane, STOPPED_MS } from "./push-lane.ts";
import type { PushLanes } from "./push-lanes.ts";

export interface SendDeps {
  readonly work: PushWork;
  readonly lanes: PushLanes;
  /** Where the channels of these devices of one tenant are woken. */
  readonly askTargets: (tenant: string, deviceIds: readonly string[]) => Promise<readonly PushTarget[]>;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: Logger;
}

/** How many pushes are taken in one go. */
const BATCH = 500;
const UNASKED_MS = 10_000;
/** Over how long what waited for the same thing comes back. */
const SPREAD_MS = 10_000;

/** A due with where it goes and how. */
interface Addressed {
  readonly due: PushDue;
  readonly target: PushTarget;
  readonly tokenSha256: Buffer;
}

/** Sends what is due, until nothing is left or there is no more to be sent now. */
export const sendPushes =
  (deps: SendDeps) =>
  async (stopping: AbortSignal): Promise<void> => {
    // Tenants that sent as much as they may for now.
    const fast = new Set<string>();
    while (!stopping.aborted) {
      const { certificates, dues } = await deps.work.take({
        now: deps.now(),
        lease: new Date(deps.now().getTime() + LEASE_MS),
        limit: BATCH,
        except: [...fast],
      });
      if (dues.length === 0) return;
      const round: Round = { settlements: [], dead: [], fast };
      await Promise.all(
        [...Map.groupBy(dues, ({ tenant }) => tenant)].map(([tenant, owed]) =>
          sendOf(
            tenant,
            owed,
            certificates.filter((certificate) => certificate.tenant === tenant),
            round,
            deps,
          ),
        ),
      );
      await deps.work.settle(round.settlements, round.dead);
      if (dues.length < BATCH) return;
    }
  };

/** What one round comes to. */
interface Round {
  readonly settlements: Settlement[];
  readonly dead: DeadToken[];
  readonly fast: Set<string>;
}

const channelKey = ({ deviceId, userId }: Omit<ChannelKey, "tenant">): string => `${deviceId}/${userId}`;

async function sendOf(
  tenant: string,
  dues: readonly PushDue[],
  certificates: readonly SealedCertificate[],
  round: Round,
  deps: SendDeps,
): Promise<void> {
  const { askTargets, lanes, log, now } = deps;
  const end = (due: PushDue) => round.settlements.push({ due, again: undefined });
  const putOff = (due: PushDue, at: Date) => round.settlements.push({ due, again: { at, attempts: due.attempts } });
  // Without a certificate nobody can be woken; when one comes, whoever has something to fetch is owed a push again.
  if (certificates.length === 0) return dues.forEach(end);
  let targets: readonly PushTarget[];
  try {
    targets = await askTargets(tenant, [...new Set(dues.map(({ deviceId }) => deviceId))]);
  } catch (error) {
    log.warn({ err: error, tenant }, "enrollment did not say where pushes go");
    for (const due of dues) putOff(due, spreadAfter(now(), UNASKED_MS, Math.random()));
    return;
  }
  const places = new Map(targets.map((target) => [channelKey(target), target]));
  const addressed: Addressed[] = [];
  for (const due of dues) {
    const target = places.get(channelKey(due));
    const tokenSha256 = createHash("sha256")
      .update(target?.token ?? "")
      .digest();
    if (target === undefined || due.deadToken?.equals(tokenSha256)) end(due);
    else addressed.push({ due, target, tokenSha256 });
  }
  await Promise.all(
    [...Map.groupBy(addressed, ({ target }) => target.topic)].map(async ([topic, ofTopic]) => {
      const certificate = certificates.find(({ issued }) => issued?.topic === topic);
      if (certificate === undefined) return ofTopic.forEach(({ due }) => end(due));
      const at = now();
      const lane = lanes.of(certificate);
      const stoppedUntil = stoppedUntilOf(certificate);
      const { admitted, until } =
        stoppedUntil !== undefined && at < stoppedUntil
          ? { admitted: 0, until: stoppedUntil }
          : lane.admit(stoppedUntil === undefined ? ofTopic.length : 1, at);
      for (const { due } of ofTopic.slice(admitted)) {
        const back = until ?? stoppedUntil;
        if (back === undefined) round.fast.add(tenant);
        putOff(due, back === undefined ? at : spreadAfter(back < at ? at : back, SPREAD_MS, Math.random()));
      }
      await Promise.all(ofTopic.slice(0, admitted).map((each) => sendOne(each, lane, certificate, round, deps)));
    }),
  );
}

/** Until when nothing goes out under a certificate: it ended, or was refused. */
function stoppedUntilOf({ issued, stoppedAt }: SealedCertificate): Date | undefined {
  const now = Date.now();
  if (issued !== undefined && issued.notAfter.getTime() <= now) return new Date(now + STOPPED_MS);
  return stoppedAt === undefined ? undefined : new Date(stoppedAt.getTime() + STOPPED_MS);
}

async function sendOne(
  { due, target, tokenSha256 }: Addressed,
  lane: PushLane,
  certificate: SealedCertificate,
  { dead, settlements }: Round,
  { log, newId, now, work }: SendDeps,
): Promise<void> {
  const { deviceId, tenant, userId } = due;
  const { pushMagic, token, topic } = target;
  const id = newId();
  const expiresAt = new Date(now().getTime() + KEPT_MS);
  const { outcome, verdict } = await lane.push({ id, token: Buffer.from(token), topic, pushMagic, expiresAt }, now);
  const reason = outcome.kind === "taken" ? "" : outcome.reason;
  const again = (at: Date, attempts: number) => settlements.push({ due, again: { at, attempts } });
  switch (verdict) {
    case "taken":
      settlements.push({ due, again: undefined });
      if (certificate.stoppedReason !== "") await work.resumeTopic(certificate);
      return;
    case "later": {
      const at = triedAgainAt(due.attempts, now(), Math.random());
      if (at !== undefined) return void again(at, due.attempts + 1);
      log.warn({ tenant, deviceId, userId, reason }, "a push was tried for the last time");
      return void settlements.push({ due, again: undefined });
    }
    case "dead_token":
      log.info({ tenant, deviceId, userId, reason, apnsId: id }, "a push token reaches nobody any more");
      dead.push({ tenant, deviceId, userId, tokenSha256, reason });
      return void settlements.push({ due, again: undefined });
    case "topic_stopped":
      log.error({ tenant, topic, reason, certificate: certificate.id }, "the push service refuses a certificate");
      await work.stopTopic(certificate, reason);
      return void again(spreadAfter(new Date(now().getTime() + STOPPED_MS), SPREAD_MS, Math.random()), due.attempts);
    case "given_up":
      log.error({ tenant, deviceId, userId, reason, apnsId: id }, "a push was refused as wrong");
      return void settlements.push({ due, again: undefined });
    default:
      verdict satisfies never;
  }
}
