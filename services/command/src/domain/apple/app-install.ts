export type AppInstallState = "accepted" | "managed" | "failed" | "unknown";

/** What Apple's ManagedApplicationList says of an application that will not be there by itself any more. */
const FAILED: ReadonlySet<string> = new Set([
  "Failed",
  "UserRejected",
  "UpdateRejected",
  "ManagementRejected",
  "ManagedButUninstalled",
]);

/** How far an installation is by the word of the managed list. */
export const installStateOf = (status: string): AppInstallState =>
  status === "Managed" ? "managed" : FAILED.has(status) ? "failed" : "accepted";

/** After how long a device is asked again how far it is, by how often it was asked; beyond the last nobody asks any more. */
const PAUSES_MS = [30_000, 60_000, 300_000, 900_000, 3_600_000, 6 * 3_600_000, 24 * 3_600_000] as const;

/** When to ask again after asking so often; nothing when that is enough. */
export function askAgainAt(asked: number, now: Date): Date | undefined {
  const pause = PAUSES_MS[asked - 1];
  return pause === undefined ? undefined : new Date(now.getTime() + pause);
}
