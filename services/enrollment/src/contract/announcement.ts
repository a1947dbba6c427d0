import type { TraceCarrier } from "@muster/host/telemetry";
import type { Work } from "@muster/postgres/service-database";
import type { RegistryEvent } from "../domain/registry-event.ts";
import { enrollmentMessage, METHOD } from "./enrollment-message.ts";

interface Announcement {
  readonly actor?: string;
  readonly trace?: TraceCarrier;
}

/** Tells a registry event as the contract names it. The device itself caused it when nobody else is named. */
export function announce<DB>(work: Work<DB>, event: RegistryEvent, options: Announcement = {}): void {
  const trace = options.trace === undefined ? {} : { trace: options.trace };
  if (event.kind === "refused") {
    const { at, method, ...refused } = event.refusal;
    const data = { ...refused, method: METHOD[method], refusedAt: at };
    work.emit({ type: "muster.enrollment.v1.EnrollmentRefused", data, tenant: event.tenant, ...trace });
    return;
  }
  const { tenant, id: deviceId } = event.device;
  const about = { tenant, deviceId, actor: options.actor ?? `device:${deviceId}`, ...trace };
  const enrollment = enrollmentMessage(event.device);
  switch (event.kind) {
    case "enrolled": {
      const data = { enrollment, reEnrolled: event.reEnrolled };
      return work.emit({ ...about, type: "muster.enrollment.v1.DeviceEnrolled", data });
    }
    case "unenrolled": {
      const data = { enrollment, reason: event.reason };
      return work.emit({ ...about, type: "muster.enrollment.v1.DeviceUnenrolled", data });
    }
    case "renewed":
      return work.emit({ ...about, type: "muster.enrollment.v1.IdentityRenewed", data: { enrollment } });
    case "conflict": {
      const data = { enrollment, holderDeviceId: event.holderId, differences: [...event.differences] };
      return work.emit({ ...about, type: "muster.enrollment.v1.IdentityConflictFound", data });
    }
  }
}
