import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import { Ownership, Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { SimulatedAppleDevice } from "@muster/e2e/simulators/apple/apple-device";
import { type DeviceAuthority, makeDeviceAuthority } from "@muster/e2e/simulators/apple/hardware/device-authority";
import { requestCertificate, type ScepRequest } from "@muster/e2e/simulators/apple/scep/scep-client";
import { doorTo, requestIn } from "./apple-devices.ts";
import { acme, ORIGIN, type RunningService, startRunningService } from "./running-service.ts";

/** A tenant with a token for Apple devices, at a service that believes one maker of devices. */
export class AppleTenant {
  readonly service: RunningService;
  readonly factory: DeviceAuthority;
  /** For files of the test. */
  readonly folder: string;
  readonly token: string;

  private constructor({
    factory,
    folder,
    service,
    token,
  }: Pick<AppleTenant, "service" | "factory" | "folder" | "token">) {
    this.service = service;
    this.factory = factory;
    this.folder = folder;
    this.token = token;
  }

  static async start(): Promise<AppleTenant> {
    const [factory, folder] = [await makeDeviceAuthority(), await mkdtemp(join(tmpdir(), "muster-apple-doors-"))];
    const roots = join(folder, "roots.pem");
    await writeFile(roots, factory.root);
    const service = await startRunningService({
      MUSTER_APPLE_DEVICE_ROOTS: roots,
      MUSTER_APPLE_SCEP_LEGACY: "true",
      MUSTER_APPLE_DIRECTORY_USERS: "true",
      MUSTER_ENROLL_COOLDOWN_SECONDS: "0",
    });
    const wanted = { name: "Apple", maxUses: 100, ownership: Ownership.OWNERSHIP_CORPORATE, expiresAt: undefined };
    const { enrollmentToken } = await service.client.createEnrollmentToken(wanted, acme);
    return new AppleTenant({ service, factory, folder, token: enrollmentToken?.token ?? "" });
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await rm(this.folder, { recursive: true });
  }

  enrollUrl(): string {
    return `${ORIGIN}/apple/enroll/${this.token}`;
  }

  /** The events of a type that tell of a device. */
  async told(type: string, { deviceId }: { readonly deviceId: string }) {
    return (await this.service.events(type)).filter((event) => event.device_id === deviceId);
  }

  /** The one entry of the registry with the device's serial number. */
  async registered({ hardware }: SimulatedAppleDevice) {
    const { enrollments } = await this.service.client.listEnrollments(
      { status: Status.STATUS_UNSPECIFIED, duplicatesOnly: false, pageSize: 100, pageToken: "" },
      acme,
    );
    const found = enrollments.filter(({ hardwareSerial }) => hardwareSerial === hardware.serial);
    assert.equal(found.length, 1);
    return found[0] ?? assert.fail();
  }

  /** Reads a device's newest secret of a kind. */
  reveal(deviceId: string, kind: SecretKind) {
    return this.service.appleDevices.revealSecret({ deviceId, kind, purpose: "a test", provenOnly: false }, acme);
  }

  /** What the profile behind the token has a device ask for. */
  async newRequest(): Promise<ScepRequest> {
    const answer = await fetch(`${this.service.url}/apple/enroll/${this.token}`);
    return requestIn(Buffer.from(await answer.arrayBuffer()));
  }

  certify(request: ScepRequest) {
    return requestCertificate(doorTo(this.service), request, () => new Date());
  }
}
