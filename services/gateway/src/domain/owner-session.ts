import type { Device } from "@muster/contracts/gen/muster/inventory/v1/device";

/** How long the person at a device may look at its page before the device has to be asked for a new link. */
export const OWNER_SESSION_MS = 3_600_000;

/** Who may look at the page of one device: whoever held it when the link was opened. */
export interface OwnerSession {
  readonly tenant: string;
  readonly deviceId: string;
  readonly openedAt: Date;
}

export const isOver = ({ openedAt }: OwnerSession, now: Date): boolean =>
  now.getTime() >= openedAt.getTime() + OWNER_SESSION_MS;

/** Whether the device is still in the hands it was in: it has not left, nor enrolled anew since. */
export const isStillTheirs = (
  { openedAt }: OwnerSession,
  { enrolledAt, unenrolled }: Pick<Device, "enrolledAt" | "unenrolled">,
): boolean => !unenrolled && (enrolledAt === undefined || enrolledAt <= openedAt);

/** Whose doing something was, for the owner of a device: by role, not by name. */
export function whoAsked(actor: string): string {
  if (actor === "owner") return "you";
  if (actor.includes("@")) return "an administrator";
  if (actor.startsWith("token:")) return "a program of your organisation";
  if (actor.startsWith("policy:")) return "Muster, because a policy was not met";
  return "Muster itself";
}
