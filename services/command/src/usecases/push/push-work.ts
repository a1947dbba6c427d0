import type { Step } from "../../domain/evolve.ts";
import type { PushCertificate } from "../../domain/push/push-certificate.ts";
import { APART_MS, remindedAt } from "../../domain/push/push-times.ts";
import { takeSilent } from "../../storage/apple-channels.ts";
import { type DeadToken, noteDeadTokens } from "../../storage/dead-tokens.ts";
import { spreadPushes } from "../../storage/push-batches.ts";
import { findIssued, forgetPushStop, notePushStop, type SealedCertificate } from "../../storage/push-certificates.ts";
import { owePushes, type PushDue, type Settlement, settleDues, takeDues } from "../../storage/push-dues.ts";
import type { CommandWork, Database } from "../ports.ts";

type Taking = Parameters<typeof takeDues>[1];

/** What the sender of pushes does with the dues. */
export interface PushWork {
  take(
    taking: Taking,
  ): Promise<{ readonly dues: readonly PushDue[]; readonly certificates: readonly SealedCertificate[] }>;
  settle(settlements: readonly Settlement[], dead: readonly DeadToken[]): Promise<void>;
  /** The push service refuses the certificate: the administrator is told. */
  stopTopic(certificate: PushCertificate, reason: string): Promise<void>;
  resumeTopic(certificate: PushCertificate): Promise<void>;
}

export const pushWork = (database: Database, now: () => Date): PushWork => ({
  take: (taking) =>
    database.system(async (work) => {
      await spreadPushes(work.sql);
      const dues = await takeDues(work.sql, taking);
      const tenants = [...new Set(dues.map(({ tenant }) => tenant))];
      return { dues, certificates: dues.length === 0 ? [] : await findIssued(work.sql, tenants) };
    }),
  settle: (settlements, dead) =>
    database.system(async (work) => {
      await noteDeadTokens(work.sql, dead, now());
      await settleDues(work.sql, settlements, new Date(now().getTime() + APART_MS));
    }),
  stopTopic: ({ id, issued, tenant }, reason) =>
    database.tenant(tenant, async (work) => {
      const stoppedAt = now();
      if (!(await notePushStop(work.sql, { id, tenant }, reason, stoppedAt))) return;
      const data = { certificateId: id, topic: issued?.topic ?? "", reason, stoppedAt };
      work.emit({ type: "muster.command.v1.PushTopicStopped", data });
    }),
  resumeTopic: ({ id, tenant }) => database.tenant(tenant, (work) => forgetPushStop(work.sql, { id, tenant })),
});

const SILENT_BATCH = 1_000;

/** Wakes the devices that did not come for a day. */
export const wakeSilent =
  ({ database, now }: { readonly database: Database; readonly now: () => Date }) =>
  async (): Promise<void> => {
    for (let more = true; more; ) {
      more = await database.system(async (work) => {
        const at = now();
        const silent = await takeSilent(work.sql, at, SILENT_BATCH);
        await owePushes(
          work.sql,
          silent.map((device) => ({ ...device, userId: "", dueAt: at })),
          "silent",
        );
        return silent.length === SILENT_BATCH;
      });
    }
  };

/** A device that put a command off is reminded, should it not come by itself. */
export const oweReminders = (work: CommandWork, steps: readonly Step[], now: Date): Promise<void> =>
  owePushes(
    work.sql,
    steps.flatMap(({ after: { apple, deliveries, deviceId, tenant }, event }) =>
      event.type !== "PutOff" || apple === undefined
        ? []
        : [{ tenant, deviceId, userId: apple.userId, dueAt: remindedAt(deliveries, now) }],
    ),
    "not_now",
  );
