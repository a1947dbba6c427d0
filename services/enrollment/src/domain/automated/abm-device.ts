/** A device as Apple lists it. Texts that Apple does not say are empty. */
export interface AbmDevice {
  readonly serialNumber: string;
  readonly model: string;
  readonly description: string;
  readonly color: string;
  readonly assetTag: string;
  readonly deviceFamily: string;
  readonly os: string;
  /** `empty`, `assigned`, `pushed` or `removed`. */
  readonly profileStatus: string;
  readonly profileUuid: string;
  readonly assignedAt: Date | undefined;
  /** Until when a device that was moved here from another server has to have enrolled. */
  readonly migrationDeadline: Date | undefined;
  /** What became of it since the last synchronization; nothing in a fetch. */
  readonly change: "added" | "modified" | "deleted" | undefined;
  readonly changedAt: Date | undefined;
}

/** The last word on each device of a page: Apple may tell of one several times. */
export function lastWords(devices: readonly AbmDevice[]): AbmDevice[] {
  const last = new Map<string, AbmDevice>();
  for (const device of devices) {
    const before = last.get(device.serialNumber);
    const isOlder = (device.changedAt?.getTime() ?? 0) < (before?.changedAt?.getTime() ?? 0);
    if (!isOlder) last.set(device.serialNumber, device);
  }
  return [...last.values()];
}
