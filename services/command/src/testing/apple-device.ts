import { createPublicKey, randomUUID } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signData } from "@muster/apple-protocol/cms/sign-data";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import { isDict, type PlistDict } from "@muster/apple-protocol/plist/value";
import { type Writable, writePlist } from "@muster/apple-protocol/plist/write-plist";
import { pem } from "@muster/apple-protocol/testing/openssl";
import { newRsaKey, type TestIdentity, testAuthority } from "@muster/apple-protocol/testing/test-authority";
import { issueCertificate } from "@muster/apple-protocol/x509/issue-certificate";
import { AppleEnrollmentKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import { type Enrollment, Method, Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { appleUri } from "@muster/device-identity/apple-identity";
import { TENANT, type TestPlatform } from "./test-platform.ts";

const authority = testAuthority();
const DAY_MS = 86_400_000;
// Making RSA keys is slow; whose they are is said by the certificates.
const key = newRsaKey();

/** The CA that every process of this test file believes, as a file. */
export async function appleCaFile(): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "muster-apple-ca-")), "ca.pem");
  await writeFile(file, pem("CERTIFICATE", authority.certificate));
  return file;
}

export interface AppleAnswer {
  readonly status: number;
  /** Nothing when the device is done. */
  readonly uuid: string | undefined;
  readonly requestType: string;
  readonly command: PlistDict;
}

/** A device at the command channel. */
export class AppleTestDevice {
  readonly deviceId: string;
  readonly enrollmentId: string;
  readonly udid = randomUUID().toUpperCase();
  readonly #url: string;
  readonly #identity: TestIdentity;

  constructor(url: string, deviceId: string, enrollmentId: string, lastsMs = DAY_MS) {
    const now = Date.now();
    this.#url = url;
    this.deviceId = deviceId;
    this.enrollmentId = enrollmentId;
    this.#identity = {
      key,
      certificate: issueCertificate(authority, {
        publicKey: createPublicKey(key),
        subject: [["CN", enrollmentId]],
        keyUsage: ["digitalSignature"],
        clientAuth: true,
        uris: [appleUri({ tenant: TENANT, enrollmentId })],
        serial: Buffer.from(`4a${randomUUID().replaceAll("-", "")}`, "hex").subarray(0, 16),
        notBefore: new Date(now - 2 * DAY_MS),
        notAfter: new Date(now + lastsMs),
      }),
    };
  }

  idle(more: Readonly<Record<string, Writable>> = {}): Promise<AppleAnswer> {
    return this.say({ UDID: this.udid, Status: "Idle", ...more });
  }

  report(uuid: string, status: string, more: Readonly<Record<string, Writable>> = {}): Promise<AppleAnswer> {
    return this.say({ UDID: this.udid, Status: status, CommandUUID: uuid, ...more });
  }

  async say(message: Writable, headers: Readonly<Record<string, string>> = {}, method = "PUT"): Promise<AppleAnswer> {
    const body = writePlist(message);
    const signature = signData({ content: body, detached: true, ...this.#identity, signingTime: new Date() });
    const response = await fetch(`${this.#url}/apple/connect`, {
      method,
      body: new Uint8Array(body),
      headers: { "mdm-signature": signature.toString("base64"), ...headers },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const plist = response.status === 200 && bytes.length > 0 ? readPlist(bytes) : {};
    const { Command, CommandUUID } = isDict(plist) ? plist : {};
    return {
      status: response.status,
      uuid: typeof CommandUUID === "string" ? CommandUUID : undefined,
      requestType: isDict(Command) && typeof Command["RequestType"] === "string" ? Command["RequestType"] : "",
      command: isDict(Command) ? Command : {},
    };
  }

  /** Answers everything there is to do with Acknowledged, and says what it was asked, in the order of asking. */
  async drain(): Promise<string[]> {
    const asked: string[] = [];
    for (
      let answer = await this.idle();
      answer.uuid !== undefined;
      answer = await this.report(answer.uuid, "Acknowledged")
    )
      asked.push(answer.requestType);
    return asked;
  }
}

export type AppleTestEnrollment = { apple?: Partial<NonNullable<Enrollment["apple"]>> } & Partial<
  Omit<Enrollment, "apple">
>;

/** A device that the service was told of: a supervised Mac, unless `rest` says something else. */
export async function enrollApple(
  platform: TestPlatform,
  url: string,
  { apple, ...rest }: AppleTestEnrollment = {},
): Promise<AppleTestDevice> {
  const [deviceId, enrollmentId] = [randomUUID(), randomUUID()];
  const device = new AppleTestDevice(url, deviceId, enrollmentId);
  const told: NonNullable<Enrollment["apple"]> = {
    enrollmentId,
    kind: AppleEnrollmentKind.APPLE_ENROLLMENT_KIND_AUTOMATED,
    udid: device.udid,
    userEnrollmentId: "",
    productName: "Mac15,3",
    osVersion: "15.1",
    buildVersion: "24B83",
    supervised: true,
    topic: "com.apple.mgmt.External.test",
    accessRights: 8191,
    awaitingConfiguration: false,
    pushReady: true,
    users: [],
    managedAccount: "",
    attestation: undefined,
    releasedByHand: false,
    ...apple,
  };
  await platform.enroll(
    { apple: 1 },
    {
      deviceId,
      method: Method.METHOD_APPLE,
      platform: Platform.PLATFORM_MACOS,
      ownership: Ownership.OWNERSHIP_CORPORATE,
      apple: told,
      ...rest,
    },
  );
  return device;
}

/** The same, once it was asked what it is like and answered. */
export async function settledApple(...enrolled: Parameters<typeof enrollApple>): Promise<AppleTestDevice> {
  const device = await enrollApple(...enrolled);
  await device.drain();
  return device;
}
