import type { ComplianceFlip } from "./compliance.ts";

// CAEP 1.0 §3 and SSF 1.0 §8.1.
export const DEVICE_COMPLIANCE_CHANGE = "https://schemas.openid.net/secevent/caep/event-type/device-compliance-change";
export const SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
export const VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification";
export const STREAM_UPDATED = "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";

/** What a stream can ask for; the events about the stream itself come unasked. */
export const EVENTS_SUPPORTED: readonly string[] = [DEVICE_COMPLIANCE_CHANGE, SESSION_REVOKED];

const LONGEST_REASON = 500;
const reasons = ({ cause }: ComplianceFlip) => ({
  initiating_entity: cause.initiator,
  reason_admin: { en: cause.reasonAdmin.slice(0, LONGEST_REASON) },
  reason_user: { en: cause.reasonUser.slice(0, LONGEST_REASON) },
  event_timestamp: Math.floor(cause.at.getTime() / 1_000),
});

const statusOf = (compliant: boolean) => (compliant ? "compliant" : "not-compliant");

export const complianceChange = (flip: ComplianceFlip) => ({
  previous_status: statusOf(!flip.compliant),
  current_status: statusOf(flip.compliant),
  ...reasons(flip),
});

export const sessionRevoked = (flip: ComplianceFlip) => reasons(flip);
