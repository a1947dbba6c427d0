import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppleIdentityWay } from "@muster/contracts/gen/muster/enrollment/v1/apple_identity_service";
import { Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { AcmeRequest } from "@muster/e2e/simulators/apple/acme/acme-client";
import { makeEcKey } from "@muster/e2e/simulators/apple/crypto/key-pair";
import {
  type AttestationAuthority,
  makeAttestationAuthority,
} from "@muster/e2e/simulators/apple/hardware/attestation-authority";
import { type DeviceAuthority, makeDeviceAuthority } from "@muster/e2e/simulators/apple/hardware/device-authority";
import { acmeWishIn } from "./apple-devices.ts";
import { type RunningService, startRunningService } from "./running-service.ts";

/** Two tenants whose devices use ACME, with attestation and without. */
export const [ATTESTED, PLAIN] = [
  { tenant: "attested", actor: "ada@attested.example" },
  { tenant: "plain", actor: "ada@plain.example" },
] as const;

export type AcmeTenant = typeof ATTESTED | typeof PLAIN;

export interface AcmeTenants {
  readonly service: RunningService;
  /** Whom the service believes: who attests keys, and who made devices. */
  readonly attestor: AttestationAuthority;
  readonly factory: DeviceAuthority;
  /** The token that a tenant's devices enroll with. */
  tokenOf(tenant: AcmeTenant): string;
  /** What a new enrollment profile of a tenant has a device ask for. */
  newRequest(tenant: AcmeTenant): Promise<AcmeRequest>;
  stop(): Promise<void>;
}

/** The service with both tenants. */
export async function startAcmeTenants(): Promise<AcmeTenants> {
  const folder = await mkdtemp(join(tmpdir(), "muster-acme-doors-"));
  const [attestor, factory] = [await makeAttestationAuthority(), await makeDeviceAuthority()];
  const [roots, makers] = [join(folder, "attestation.pem"), join(folder, "makers.pem")];
  await writeFile(roots, attestor.root);
  await writeFile(makers, factory.root);
  const service = await startRunningService({
    MUSTER_APPLE_ATTESTATION_ROOTS: roots,
    MUSTER_APPLE_DEVICE_ROOTS: makers,
  });
  const tokens = new Map<AcmeTenant, string>();
  const wanted = { name: "Apple", maxUses: 100, ownership: Ownership.OWNERSHIP_CORPORATE, expiresAt: undefined };
  for (const [caller, way] of [
    [ATTESTED, AppleIdentityWay.APPLE_IDENTITY_WAY_ACME_ATTESTED],
    [PLAIN, AppleIdentityWay.APPLE_IDENTITY_WAY_ACME],
  ] as const) {
    await service.appleIdentity.setAppleIdentity(
      { appleIdentity: { way, revision: 0 }, expectedRevisions: [] },
      caller,
    );
    tokens.set(caller, (await service.client.createEnrollmentToken(wanted, caller)).enrollmentToken?.token ?? "");
  }
  const tokenOf = (tenant: AcmeTenant): string => tokens.get(tenant) ?? "";
  return {
    service,
    attestor,
    factory,
    tokenOf,
    newRequest: async (tenant) => {
      const answer = await fetch(`${service.url}/apple/enroll/${tokenOf(tenant)}`);
      const { request } = acmeWishIn(Buffer.from(await answer.arrayBuffer()));
      return { ...request, key: await makeEcKey(), attest: undefined };
    },
    stop: async () => {
      await service.stop();
      await rm(folder, { recursive: true });
    },
  };
}
