import type { PushTarget } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { repeat } from "@muster/host/repeat";
import type { SealedCertificate } from "../storage/push-certificates.ts";
import type { Database } from "../usecases/ports.ts";
import { warnOfEnds } from "../usecases/push/push-certificates.ts";
import { pushWork, wakeSilent } from "../usecases/push/push-work.ts";
import type { ApnsAddress } from "./apns-connection.ts";
import { PushLanes } from "./push-lanes.ts";
import { PushMetrics } from "./push-metrics.ts";
import { sendPushes } from "./send-pushes.ts";

export interface PushOptions {
  readonly database: Database;
  readonly address: ApnsAddress;
  readonly perSecond: number;
  readonly openKey: (certificate: SealedCertificate) => string;
  readonly askTargets: (tenant: string, deviceIds: readonly string[]) => Promise<readonly PushTarget[]>;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

/** How often is looked for pushes that are due; what was asked for this moment is announced. */
const LOOK_MS = 1_000;
const SILENT_MS = 60_000;
const WARN_MS = 3_600_000;
/** Connections of one certificate at most. */
const CONNECTIONS = 4;

/**
 * Pushes to Apple's devices, from the dues to the wire, until the process ends.
 * @returns what has it look at once
 */
export function openPush({ address, openKey, perSecond, ...deps }: PushOptions): () => void {
  const { database, lifecycle, log, now } = deps;
  const lanes = new PushLanes({ address, openKey, perSecond, connections: CONNECTIONS, metrics: new PushMetrics() });
  lifecycle.add("connections to Apple's push service", () => lanes.close());
  const stopping = new AbortController();
  const send = sendPushes({ ...deps, lanes, work: pushWork(database, now) });
  const look = repeat({ name: "pushes", everyMs: LOOK_MS, log, lifecycle, work: () => send(stopping.signal) });
  lifecycle.add("end of pushes", () => stopping.abort());
  repeat({ name: "silent devices", everyMs: SILENT_MS, log, lifecycle, work: wakeSilent({ database, now }) });
  repeat({ name: "ends of push certificates", everyMs: WARN_MS, log, lifecycle, work: warnOfEnds({ database, now }) });
  return look;
}
