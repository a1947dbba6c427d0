import type { SecretKind } from "../escrow.ts";
import { usableSerial, usableUuid } from "../hardware.ts";
import { refuse } from "../refusals.ts";
import type { AppleEnrollmentKind } from "./apple-enrollment.ts";

/** What another server knew of a device that is to come here. */
export interface ImportedDevice {
  readonly tenant: string;
  readonly id: string;
  /** Where it is from, for people. */
  readonly source: string;
  readonly udid: string;
  readonly serialNumber: string;
  /** The secrets that wait for the device. */
  readonly secretKinds: readonly SecretKind[];
  readonly importedAt: Date;
  readonly deviceId: string | undefined;
  readonly arrivedAt: Date | undefined;
}

export type ImportedSecrets = Partial<Readonly<Record<SecretKind, Buffer>>>;

export interface GivenDevice {
  readonly udid: string;
  readonly serialNumber: string;
  readonly secrets: ImportedSecrets;
}

/** By what an imported device is found again. */
export interface ImportKeys {
  readonly udid: string | undefined;
  readonly serial: string | undefined;
}

const LONGEST_SECRET = 16 * 1024;

/** A UDID is a UUID on a Mac, and a text of its own form elsewhere. */
const udidKey = (udid: string): string | undefined => usableUuid(udid) ?? (udid.trim().toLowerCase() || undefined);

export const importKeys = ({ serialNumber, udid }: Pick<GivenDevice, "udid" | "serialNumber">): ImportKeys => ({
  udid: udidKey(udid),
  serial: usableSerial(serialNumber),
});

/** Refuses what could never be found again, or is no secret. */
export function checkImported(given: GivenDevice): void {
  const bad = (message: string) => refuse("import.bad_device", message);
  if (given.udid.length > 100 || given.serialNumber.length > 100 || /\0/.test(given.udid + given.serialNumber))
    throw bad("udid and serial_number have at most 100 characters");
  const { serial, udid } = importKeys(given);
  if (udid === undefined && serial === undefined)
    throw bad("neither udid nor serial_number names one device: give at least one of them");
  for (const [kind, secret] of Object.entries(given.secrets))
    if (secret.length > LONGEST_SECRET) throw bad(`${kind} has at most ${LONGEST_SECRET} bytes`);
}

/**
 * Which of the secrets may go to a device that says it is this one. A Mac can ask for its bootstrap token back: only one
 * that its maker vouched for gets what another server knew.
 */
export const releasable = (kinds: readonly SecretKind[], kind: AppleEnrollmentKind): SecretKind[] =>
  kinds.filter((each) => each !== "bootstrap_token" || kind === "automated" || kind === "over_the_air");
