import { DeviceEnrolled, DeviceUnenrolled } from "@muster/contracts/gen/muster/enrollment/v1/enrollment_events";
import { ListActivitiesRequest } from "@muster/contracts/gen/muster/notification/v1/activity_service";
import { ComplianceChanged } from "@muster/contracts/gen/muster/policy/v1/policy_events";
import { eventually } from "@muster/testkit/eventually";
import { tell } from "@muster/testkit/tell";
import { caller, type RunningNotification } from "./running-notification.ts";

/** Devices whose policies break and heal, as the events of policy and enrollment tell. */
export class SignalDevices {
  readonly #service: RunningNotification;

  constructor(service: RunningNotification) {
    this.#service = service;
  }

  verdict(deviceId: string, version: number, verdict: "pass" | "fail", { policyId = "disk" } = {}): Promise<string> {
    return tell(this.#service.bus.bus, {
      type: "muster.policy.v1.ComplianceChanged",
      tenant: caller.tenant,
      deviceId,
      data: ComplianceChanged.fromJSON({
        deviceId,
        version,
        policyId,
        policyName: `Policy ${policyId}`,
        verdict: `VERDICT_${verdict.toUpperCase()}`,
        resolution: "Ask for help.",
      }),
    });
  }

  /** Breaks and heals one policy in turn, this often. @returns the id of the last event. */
  async flips(deviceId: string, times: number, from = 1): Promise<string> {
    let last = "";
    for (let index = 0; index < times; index++) {
      last = await this.verdict(deviceId, from + index, index % 2 === 0 ? "fail" : "pass");
    }
    return last;
  }

  async enrolled(deviceId: string): Promise<void> {
    const enrollment = { deviceId, version: 1, status: "STATUS_ENROLLED", platform: "PLATFORM_LINUX" };
    await this.kept(
      await tell(this.#service.bus.bus, {
        type: "muster.enrollment.v1.DeviceEnrolled",
        tenant: caller.tenant,
        deviceId,
        data: DeviceEnrolled.fromJSON({ enrollment }),
      }),
    );
  }

  unenrolled(deviceId: string): Promise<string> {
    const enrollment = { deviceId, version: 2, status: "STATUS_UNENROLLED", platform: "PLATFORM_LINUX" };
    return tell(this.#service.bus.bus, {
      type: "muster.enrollment.v1.DeviceUnenrolled",
      tenant: caller.tenant,
      deviceId,
      data: DeviceUnenrolled.fromJSON({ enrollment }),
    });
  }

  /** Waits until an event was heard, and with it what was told before it by the same service. */
  async kept(id: string): Promise<void> {
    await eventually(`event ${id} to be kept`, async () => {
      const request = ListActivitiesRequest.fromPartial({ pageSize: 500 });
      const { activities } = await this.#service.activities.listActivities(request, caller);
      return activities.some((activity) => activity.id === id) ? true : undefined;
    });
  }
}
