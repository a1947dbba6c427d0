import type { Machine } from "../domain/claim.ts";
import { type Device, withCertificate } from "../domain/device.ts";
import { tokenRefusal } from "../domain/enrollment-token.ts";
import type { AskLastSeen, CertificateAuthority, CertificateRequest, Registry, SignedCertificate } from "./ports.ts";
import { settleClaims } from "./settle-claims.ts";
import { untilSettled } from "./until-settled.ts";

export interface AgentEnrollment {
  /** Hexadecimal SHA-256 of the enrollment token. */
  readonly tokenSha256: string;
  readonly request: CertificateRequest;
  readonly machine: Machine;
}

export interface EnrolledAgent {
  readonly device: Device;
  readonly certificate: SignedCertificate;
}

export interface EnrollAgentDeps {
  readonly registry: Registry;
  readonly authority: CertificateAuthority;
  readonly askLastSeen: AskLastSeen;
  readonly now: () => Date;
  readonly newId: () => string;
}

export type EnrollAgent = (enrollment: AgentEnrollment) => Promise<EnrolledAgent>;

/** Trades a token and a certificate request for an identity. The token is used up only when the identity was given. */
export function enrollAgent({ registry, authority, askLastSeen, now, newId }: EnrollAgentDeps): EnrollAgent {
  return ({ tokenSha256, request, machine }) =>
    untilSettled(
      (seen) =>
        registry.everywhere(async (work) => {
          const time = now();
          const token = await work.tokenByHash(tokenSha256);
          const refusal = tokenRefusal(token, time);
          if (token === undefined || refusal !== undefined) throw refusal;
          const claim = { ...machine, tenant: token.tenant, ownership: token.ownership };
          const [settled] = await settleClaims(work, [{ claim, seen }], time, newId);
          if (settled === undefined) throw new Error("a claim was left unsettled");
          if (settled.kind === "ask") return settled;
          const certificate = await authority.issue(settled.device, request, time);
          const device = withCertificate(settled.device, certificate);
          await work.saveDevices([device]);
          await work.countTokenUse(token);
          for (const event of settled.events) work.announce({ ...event, device } as typeof event);
          return { kind: "done", value: { device, certificate } };
        }),
      askLastSeen,
    );
}
