import type { AppleFacts } from "./apple/apple-facts.ts";
import type { Claim, Method, Ownership, Platform } from "./claim.ts";

export type Status = "enrolled" | "unenrolled";

/** The registry's entry of one device. */
export interface Device {
  readonly tenant: string;
  readonly id: string;
  /** Rises with each change. */
  readonly version: number;
  readonly status: Status;
  readonly method: Method;
  readonly platform: Platform;
  readonly ownership: Ownership;
  /** The present generation of the keys by method; older ones are refused everywhere. */
  readonly generations: Readonly<Partial<Record<Method, number>>>;
  readonly hostIdentifier: string;
  readonly hardwareUuid: string;
  readonly hardwareSerial: string;
  readonly hardwareVendor: string;
  readonly hardwareModel: string;
  readonly hostname: string;
  /** The osquery databases seen on it. */
  readonly instanceIds: readonly string[];
  /** The device whose hardware identity this one also claims. */
  readonly duplicateOf: string | undefined;
  /** Hexadecimal; empty without a client certificate. */
  readonly certificateSerial: string;
  readonly certificateNotAfter: Date | undefined;
  /** What Apple's protocol says of it, once it enrolled over it. */
  readonly apple: AppleFacts | undefined;
  readonly firstEnrolledAt: Date;
  readonly enrolledAt: Date;
}

export interface IssuedCertificate {
  readonly serial: string;
  readonly notAfter: Date;
}

export function enrollNew(id: string, claim: Claim, now: Date, duplicateOf?: string): Device {
  const { instanceId, isUnique: _isUnique, ...machine } = claim;
  return {
    ...machine,
    id,
    version: 1,
    status: "enrolled",
    generations: { [claim.method]: 1 },
    instanceIds: instanceId === "" ? [] : [instanceId],
    duplicateOf,
    certificateSerial: "",
    certificateNotAfter: undefined,
    apple: undefined,
    firstEnrolledAt: now,
    enrolledAt: now,
  };
}

/** Whether it is an Apple device that is now a person's own, where no other program knows the machine by what it is called. */
const becomesNameless = ({ generations }: Device, { method, ownership }: Claim): boolean =>
  ownership === "personal" && [method, ...Object.keys(generations)].every((each) => each === "apple");

/**
 * The same machine again, over the same method or another: what it now says counts, what it leaves out stays, but for what
 * is not kept of a person's own.
 */
export function enrollAgain(device: Device, claim: Claim, now: Date): Device {
  // If it was erased, so was the osquery database on it, and the next one is its own too.
  const instanceIds = claim.isUnique === true ? [] : device.instanceIds;
  const named = becomesNameless(device, claim) ? { hardwareSerial: "", hostname: "" } : device;
  const known = claim.instanceId === "" || instanceIds.includes(claim.instanceId);
  return {
    ...device,
    version: device.version + 1,
    status: "enrolled",
    method: claim.method,
    ownership: claim.ownership,
    platform: claim.platform === "unknown" ? device.platform : claim.platform,
    generations: { ...device.generations, [claim.method]: (device.generations[claim.method] ?? 0) + 1 },
    hostIdentifier: claim.hostIdentifier || device.hostIdentifier,
    hardwareUuid: claim.hardwareUuid || device.hardwareUuid,
    hardwareSerial: claim.hardwareSerial || named.hardwareSerial,
    hardwareVendor: claim.hardwareVendor || device.hardwareVendor,
    hardwareModel: claim.hardwareModel || device.hardwareModel,
    hostname: claim.hostname || named.hostname,
    instanceIds: known ? instanceIds : [...instanceIds, claim.instanceId],
    // Apple's certificates name no generation: an enrollment that ended must not come back to life with the device.
    apple: device.status === "unenrolled" ? undefined : device.apple,
    enrolledAt: now,
  };
}

/**
 * Another or a rebuilt machine in the place of one that fell silent. The keys of all methods end: should the earlier
 * machine come back, none of its programs may go on speaking as this device.
 */
export function takeOver(device: Device, claim: Claim, now: Date): Device {
  const taken = enrollAgain({ ...withoutKeys(device), instanceIds: [], apple: undefined }, claim, now);
  // enrollAgain has raised the method's own generation a second time; one step is enough.
  const generation = (device.generations[claim.method] ?? 0) + 1;
  return { ...taken, generations: { ...taken.generations, [claim.method]: generation } };
}

export function unenroll(device: Device): Device {
  return { ...withoutKeys(device), version: device.version + 1, status: "unenrolled" };
}

export function withCertificate(device: Device, { serial, notAfter }: IssuedCertificate): Device {
  return { ...device, certificateSerial: serial, certificateNotAfter: notAfter };
}

/** A renewed certificate leaves the generation as it is: the old one stays good until it ends. */
export function renew(device: Device, certificate: IssuedCertificate): Device {
  return { ...withCertificate(device, certificate), version: device.version + 1 };
}

// A later enrollment over one method must not bring the keys of the others back to life.
function withoutKeys(device: Device): Device {
  const generations: Partial<Record<Method, number>> = {};
  for (const [method, generation] of Object.entries(device.generations)) generations[method as Method] = generation + 1;
  return { ...device, generations, certificateSerial: "", certificateNotAfter: undefined };
}

/** The same device as Apple's protocol describes it now. */
export const withApple = (device: Device, apple: AppleFacts): Device => ({ ...device, apple });

/** The device waits in Setup Assistant no more. */
export const released = (device: Device, apple: AppleFacts): Device => ({
  ...withApple(device, { ...apple, awaitingConfiguration: false }),
  version: device.version + 1,
});
