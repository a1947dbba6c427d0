import type { NodeKeyVerifier } from "@muster/device-identity/node-key";
import type { HttpDoor } from "@muster/host/http-door";
import { inRequestSpan } from "@muster/host/request-span";
import { metrics } from "@muster/host/telemetry";
import { gather } from "@muster/postgres/gather";
import { type LogLines, readLog } from "../domain/osquery-log.ts";
import { mayDo } from "../domain/owner/deeds.ts";
import type { AdmitHost } from "../usecases/admit-host.ts";
import type { SawDevice } from "../usecases/keep-presence.ts";
import type { DeviceKey } from "../usecases/ports.ts";
import { ANSWERS_LIMIT } from "./answers-door.ts";
import { bodyOf, DONE, identify, sendJson, sendNodeInvalid } from "./identify.ts";
import { post } from "./paths.ts";

type HostLog = DeviceKey & { readonly log: LogLines; readonly at: Date };

export interface LogDependencies {
  readonly verifier: NodeKeyVerifier;
  readonly admit: AdmitHost;
  readonly writeLogs: (logs: readonly HostLog[]) => Promise<void>;
  readonly saw: SawDevice;
  readonly now: () => Date;
}

/** log: what scheduled queries found, and what osquery says about itself. */
export function offerLog(door: HttpDoor, { verifier, admit, writeLogs, saw, now }: LogDependencies): void {
  const lines = metrics.getMeter("muster").createCounter("muster.inventory.log.lines", { unit: "{line}" });
  const keep = gather<HostLog, void>({
    maxBatch: 50,
    maxWaitMs: 5,
    inFlight: 2,
    flush: async (logs) => {
      await writeLogs(logs);
      return logs.map(() => undefined);
    },
  });
  post(door, "log", { bodyLimit: ANSWERS_LIMIT }, async (request, reply) => {
    const body = bodyOf(request);
    const identity = identify(verifier, request, body);
    const host = identity && (await admit(identity));
    if (host === undefined) return sendNodeInvalid(reply);
    const at = now();
    saw(host, at);
    const log = readLog(body, at);
    lines.add(log.lines.length, { kind: log.kind });
    // What a person's own device logs is taken, so that it does not pile up there, and not kept.
    if (mayDo("scheduled_query", host.ownership === "OWNERSHIP_PERSONAL") && log.lines.length > 0) {
      await inRequestSpan(request, reply, { route: "/api/osquery/log" }, () =>
        keep({ tenant: host.tenant, deviceId: host.deviceId, log, at }),
      );
    }
    return sendJson(reply, DONE);
  });
}
