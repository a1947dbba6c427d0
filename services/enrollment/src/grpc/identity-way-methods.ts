import {
  type AppleIdentity,
  type AppleIdentityServiceServer,
  AppleIdentityWay,
} from "@muster/contracts/gen/muster/enrollment/v1/apple_identity_service";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Methods } from "@muster/rpc/server";
import type { IdentityWay } from "../domain/apple/identity-way.ts";
import { refuse } from "../domain/refusals.ts";
import { findIdentityWay, type KeptIdentityWay, saveIdentityWay } from "../storage/identity-ways.ts";
import type { EnrollmentDatabase } from "../storage/tables.ts";

export interface IdentityWayDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  /** Whether it is known whose attestations are believed. */
  readonly canAttest: boolean;
  readonly now: () => Date;
}

const MESSAGES = {
  scep: AppleIdentityWay.APPLE_IDENTITY_WAY_SCEP,
  acme: AppleIdentityWay.APPLE_IDENTITY_WAY_ACME,
  acme_attested: AppleIdentityWay.APPLE_IDENTITY_WAY_ACME_ATTESTED,
} as const satisfies Record<IdentityWay, AppleIdentityWay>;

const WAYS = new Map<AppleIdentityWay, IdentityWay>([
  [MESSAGES.scep, "scep"],
  [MESSAGES.acme, "acme"],
  [MESSAGES.acme_attested, "acme_attested"],
]);

const messageOf = ({ revision, way }: KeptIdentityWay) => ({ appleIdentity: { way: MESSAGES[way], revision } });

/** The way that is asked for, where devices could go it. */
function wayOf(appleIdentity: AppleIdentity | undefined, canAttest: boolean): IdentityWay {
  const way = WAYS.get(appleIdentity?.way ?? AppleIdentityWay.APPLE_IDENTITY_WAY_UNSPECIFIED);
  if (way === undefined)
    throw refuse(
      "apple.bad_identity_way",
      "way is missing: say whether devices get their certificates over SCEP, ACME or attested ACME",
    );
  if (way === "acme_attested" && !canAttest)
    throw refuse(
      "apple.no_attestation_roots",
      "set MUSTER_APPLE_ATTESTATION_ROOTS to Apple's Enterprise Attestation Root CA first",
    );
  return way;
}

/** AppleIdentityService as the contract describes it. */
export const identityWayMethods = ({
  canAttest,
  database,
  now,
}: IdentityWayDeps): Methods<AppleIdentityServiceServer> => ({
  getAppleIdentity: async (_request, { tenant }) =>
    messageOf(await database.tenant(tenant, (work) => findIdentityWay(work.sql, tenant))),
  setAppleIdentity: async ({ appleIdentity, expectedRevisions: expected }, { tenant }) => {
    const way = wayOf(appleIdentity, canAttest);
    return messageOf(
      await database.tenant(tenant, (work) => saveIdentityWay(work.sql, tenant, { way, at: now(), expected })),
    );
  },
  checkAppleIdentity: async ({ appleIdentity }) => messageOf({ way: wayOf(appleIdentity, canAttest), revision: 0 }),
});
