import { renew } from "../domain/device.ts";
import { refuse } from "../domain/refusals.ts";
import type { EnrolledAgent } from "./enroll-agent.ts";
import type { CertificateAuthority, CertificateRequest, Registry } from "./ports.ts";

export interface Renewal {
  readonly tenant: string;
  readonly deviceId: string;
  /** The generation in the certificate that was shown. */
  readonly generation: number;
  readonly request: CertificateRequest;
}

export interface RenewIdentityDeps {
  readonly registry: Registry;
  readonly authority: CertificateAuthority;
  readonly now: () => Date;
}

export type RenewIdentity = (renewal: Renewal) => Promise<EnrolledAgent>;

/** Gives a device a new certificate of the same generation while the one it shows is still good. */
export function renewIdentity({ registry, authority, now }: RenewIdentityDeps): RenewIdentity {
  return ({ tenant, deviceId, generation, request }) =>
    registry.tenant(tenant, async (work) => {
      const known = await work.device(tenant, deviceId);
      if (known?.status !== "enrolled" || known.generations.agent !== generation) {
        throw refuse("agent.reenroll", "this certificate is no longer good here; enroll again with a new token");
      }
      const certificate = await authority.issue(known, request, now());
      const device = renew(known, certificate);
      await work.saveDevices([device]);
      work.announce({ kind: "renewed", device });
      return { device, certificate };
    });
}
