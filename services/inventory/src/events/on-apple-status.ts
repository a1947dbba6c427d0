import type { HeardEvent } from "@muster/postgres/listen";
import { readAppleStatus } from "../domain/apple/apple-status.ts";
import { noteNewest } from "../storage/newest-status.ts";
import type { InventoryWork } from "../storage/schema.ts";
import type { HostAnswers } from "../usecases/ports.ts";
import type { AppleAnswerDeps } from "./on-apple-answer.ts";

/** Writes what Apple devices tell of themselves under declarative management as facts; only the device's own channel counts. */
export const onAppleStatus =
  ({ findHosts, now, record }: AppleAnswerDeps) =>
  async (work: InventoryWork, events: readonly HeardEvent[]): Promise<void> => {
    const reports = await noteNewest(work, events.flatMap(reportIn));
    if (reports.length === 0) return;
    const hosts = await findHosts(reports, now());
    const batch = reports.flatMap(({ at, errors, items, trace }, index): HostAnswers[] => {
      const host = hosts[index];
      if (host === undefined) return [];
      const { deviceId, ownership, platform, tenant } = host;
      const answers = readAppleStatus(items, errors).map(({ fact, rows }) => ({
        name: { kind: "detail", fact } as const,
        asked: "status",
        rows,
        error: "",
        stats: undefined,
      }));
      return [{ tenant, deviceId, ownership, platform, answers, fingerprints: undefined, at, trace }];
    });
    await record(batch);
  };

function reportIn(event: HeardEvent) {
  if (event.type !== "muster.policy.v1.DeviceStatusReported" || event.data.userId !== "") return [];
  const { errors, items, reportedAt, version } = event.data;
  const { deviceId, tenant, trace } = event;
  return [{ tenant, deviceId, version, items: items ?? {}, errors, at: reportedAt ?? event.time, trace }];
}
