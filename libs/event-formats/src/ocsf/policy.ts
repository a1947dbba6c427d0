import { Verdict } from "@muster/contracts/gen/muster/policy/v1/policy";
import {
  ComplianceFinding,
  DeviceInventoryInfo,
  EntityManagement,
  type OcsfType,
  RemediationActivity,
} from "./classes.ts";
import type { MappingsOf } from "./mapping.ts";
import { deviceEntity, policyOf } from "./objects.ts";

interface Judged {
  readonly kind: OcsfType;
  readonly finding: { readonly status_id: number; readonly status: string };
  readonly compliance: { readonly status_id: number; readonly status: string };
}

const IN_PROGRESS = { status_id: 2, status: "In Progress" };
const UNKNOWN: Judged = {
  kind: ComplianceFinding.Update,
  finding: IN_PROGRESS,
  compliance: { status_id: 0, status: "Unknown" },
};

/** A failure opens a finding and a pass closes it; what is not known changes neither, and is never a pass. */
const JUDGED: Readonly<Record<Verdict, Judged>> = {
  [Verdict.VERDICT_UNSPECIFIED]: UNKNOWN,
  [Verdict.VERDICT_PASS]: {
    kind: ComplianceFinding.Close,
    finding: { status_id: 4, status: "Resolved" },
    compliance: { status_id: 1, status: "Pass" },
  },
  [Verdict.VERDICT_FAIL]: {
    kind: ComplianceFinding.Create,
    finding: { status_id: 1, status: "New" },
    compliance: { status_id: 3, status: "Fail" },
  },
  [Verdict.VERDICT_UNKNOWN]: UNKNOWN,
  [Verdict.VERDICT_STALE]: { ...UNKNOWN, compliance: { status_id: 99, status: "Stale" } },
};

export const policy: MappingsOf<"policy"> = {
  "muster.policy.v1.PolicyChanged": {
    kinds: [EntityManagement.Create, EntityManagement.Update, EntityManagement.Delete],
    mapped: ["policy.id", "policy.name", "policy.description", "policy.revision", "removed"],
    tell: ({ policy, removed }) => {
      const { description = "", id = "", name = "", revision = 0 } = policy ?? {};
      const { Create, Delete, Update } = EntityManagement;
      const version = String(revision);
      return {
        kind: removed ? Delete : revision === 1 ? Create : Update,
        attributes: {
          entity: {
            type_id: 5,
            type: "Policy",
            ...policyOf(id, name),
            version,
            policy: { ...policyOf(id, name), version, ...(description !== "" && { desc: description }) },
          },
        },
      };
    },
  },
  "muster.policy.v1.ComplianceChanged": {
    kinds: [ComplianceFinding.Create, ComplianceFinding.Update, ComplianceFinding.Close],
    mapped: ["deviceId", "policyId", "policyName", "verdict", "reason", "resolution"],
    tell: ({ policyId, policyName, reason, resolution, verdict }, event) => {
      const { compliance, finding, kind } = JUDGED[verdict];
      return {
        kind,
        attributes: {
          compliance: { control: policyName, ...compliance, ...(reason !== "" && { status_details: [reason] }) },
          // One finding for a policy on a device, opened and closed under the same name.
          finding_info: {
            uid: `${policyId}/${event.deviceId}`,
            title: policyName,
            modified_time: event.time.getTime(),
          },
          policy: policyOf(policyId, policyName),
          ...(resolution !== "" && { remediation: { desc: resolution } }),
          resources: [{ uid: event.deviceId, type: "Device", role_id: 3, role: "Affected" }],
          ...finding,
        },
      };
    },
  },
  "muster.policy.v1.DesiredStateChanged": {
    kinds: [EntityManagement.Update],
    mapped: ["deviceId"],
    tell: (_, event) => ({ kind: EntityManagement.Update, attributes: { entity: deviceEntity(event) } }),
  },
  "muster.policy.v1.ProfileStateChanged": {
    kinds: [EntityManagement.Update],
    mapped: ["deviceId", "cause"],
    tell: ({ cause }, event) => ({
      kind: EntityManagement.Update,
      attributes: { entity: deviceEntity(event), ...(cause !== "" && { status_detail: cause }) },
    }),
  },
  "muster.policy.v1.DeviceStatusReported": {
    kinds: [DeviceInventoryInfo.Collect],
    mapped: ["deviceId"],
    tell: () => ({ kind: DeviceInventoryInfo.Collect, attributes: {} }),
  },
  "muster.policy.v1.RemediationRequested": {
    kinds: [RemediationActivity.Restore],
    mapped: ["commandId", "deviceId", "policyId", "policyName"],
    tell: ({ commandId, policyId, policyName }) => ({
      kind: RemediationActivity.Restore,
      attributes: {
        command_uid: commandId,
        policy: policyOf(policyId, policyName),
        status_id: 99,
        status: "Requested",
      },
    }),
  },
};
