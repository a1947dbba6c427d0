/** A key of ours, and Apple's certificate for it once it came. */
export interface PushCertificate {
  readonly tenant: string;
  readonly id: string;
  /** Which Apple Account it belongs to, as somebody noted it. */
  readonly appleAccount: string;
  /** PEM; empty when the key came with its certificate. */
  readonly signingRequest: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly issued: IssuedCertificate | undefined;
  /** Devices that enroll now get its topic. */
  readonly isCurrent: boolean;
  /** Why the push service refuses it; empty while it does not. */
  readonly stoppedReason: string;
  readonly stoppedAt: Date | undefined;
}

/** What Apple issued. */
export interface IssuedCertificate {
  /** PEM. */
  readonly certificate: string;
  readonly topic: string;
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly uploadedBy: string;
  readonly uploadedAt: Date;
}

export type PushCertificateState = "requested" | "current" | "earlier" | "expired";

export function stateOf({ isCurrent, issued }: PushCertificate, now: Date): PushCertificateState {
  if (issued === undefined) return "requested";
  if (issued.notAfter <= now) return "expired";
  return isCurrent ? "current" : "earlier";
}

/** Topics of device management begin so, or go on after it with a dot. */
const MANAGEMENT = "com.apple.mgmt";

export const isManagementTopic = (topic: string): boolean => topic.startsWith(`${MANAGEMENT}.`);

/** How many days before its end somebody is warned. */
export const WARNED_DAYS = [30, 14, 7, 1] as const;

const DAY_MS = 86_400_000;

export const daysLeft = (notAfter: Date, now: Date): number =>
  Math.max(0, Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS));

/** The warning that is due now: of several that were missed, the last. Nothing when it was given already. */
export function dueWarning(notAfter: Date, warnedDays: number | undefined, now: Date): number | undefined {
  const left = notAfter.getTime() - now.getTime();
  const due = WARNED_DAYS.filter((days) => left <= days * DAY_MS).at(-1);
  return due !== undefined && (warnedDays === undefined || due < warnedDays) ? due : undefined;
}
