import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { TraceCarrier } from "@muster/host/telemetry";
import { validate as isUuid } from "uuid";
import { isCurrent } from "../domain/channel.ts";
import { keyOf } from "../domain/device-key.ts";
import { type DeviceReport, hearAll } from "../domain/hear.ts";
import { findChannels } from "../storage/channels.ts";
import { type CommandKey, lockByIds } from "../storage/commands.ts";
import { noteStrays } from "../storage/stray-results.ts";
import type { HandOutDeps } from "./hand-out.ts";
import type { CommandWork } from "./ports.ts";
import { byDevice, recordSteps } from "./record-steps.ts";

export interface Delivery {
  readonly identity: DeviceIdentity;
  readonly reports: readonly DeviceReport[];
  /** The place of the request in its trace. */
  readonly trace: TraceCarrier;
}

/** Whether the device was believed; if it was, everything it said is kept and need not be said again. */
export type ResultsOutcome = { readonly refused: boolean };

/** Takes what many devices say about their commands. What is late, repeated or foreign is noted and changes nothing. */
export const takeResults =
  ({ database, announcer, now }: HandOutDeps) =>
  async (deliveries: readonly Delivery[]): Promise<ResultsOutcome[]> => {
    const { outcomes, steps } = await database.system((work) => take(work, deliveries, now()));
    if (steps.length > 0) announcer.changed(steps.map(({ after }) => after));
    return outcomes;
  };

async function take(work: CommandWork, deliveries: readonly Delivery[], now: Date) {
  const channels = await findChannels(
    work.sql,
    deliveries.map(({ identity }) => identity),
  );
  const believed = deliveries.filter(({ identity }) => isCurrent(identity, channels.get(keyOf(identity))));
  const keys = believed.flatMap(({ identity: { tenant, deviceId }, reports }) =>
    reports
      .filter(({ commandId }) => isUuid(commandId))
      .map(({ commandId }): CommandKey => ({ tenant, deviceId, id: commandId.toLowerCase() })),
  );
  const { steps, strays } = hearAll(keys.length === 0 ? [] : await lockByIds(work.sql, keys), believed, now);
  const requests = new Map(deliveries.map(({ identity, trace }) => [keyOf(identity), trace]));
  await recordSteps(work, steps, byDevice(requests, now));
  const noted = strays.map(({ identity: { tenant, deviceId }, kind, said }) => ({
    tenant,
    deviceId,
    commandId: printable(said.commandId),
    kind,
    state: said.report?.state ?? "",
  }));
  await noteStrays(work.sql, noted, now);
  return { outcomes: deliveries.map((delivery) => ({ refused: !believed.includes(delivery) })), steps };
}

const printable = (id: string): string => id.replaceAll("\0", "\uFFFD").slice(0, 100);
