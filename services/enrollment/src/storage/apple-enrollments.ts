import type { DeviceClaim } from "@muster/apple-protocol/mdm/checkin";
import { type Selectable, sql, type Transaction } from "kysely";
import type { AppleEnrollment } from "../domain/apple/apple-enrollment.ts";
import type { AttestedDevice } from "../domain/apple/attested-device.ts";
import type { IdentityWay } from "../domain/apple/identity-way.ts";
import type { AppleEnrollmentTable, EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

const enrollmentOf = (row: Selectable<AppleEnrollmentTable>): AppleEnrollment => ({
  tenant: row.tenant,
  id: row.id,
  kind: row.kind,
  ownership: row.ownership,
  managedAccount: row.managed_account,
  supervised: row.supervised,
  releasedByHand: row.released_by_hand,
  challengeUse: row.challenge_use,
  identityWay: row.identity_way,
  challengeSha256: row.challenge_sha256,
  challengeExpiresAt: row.challenge_expires_at,
  challengeUsedAt: row.challenge_used_at ?? undefined,
  certificateSerial: row.certificate_serial,
  certificateNotAfter: row.certificate_not_after ?? undefined,
  renewalCommandId: row.renewal_command_id ?? undefined,
  hardwareId: row.hardware_id ?? undefined,
  expectedSerial: row.expected_serial,
  attested: row.attested ?? undefined,
  claim: row.claim ?? undefined,
  deviceId: row.device_id ?? undefined,
});

type Given =
  | "tenant"
  | "id"
  | "kind"
  | "ownership"
  | "managedAccount"
  | "supervised"
  | "releasedByHand"
  | "challengeUse"
  | "identityWay"
  | "challengeSha256"
  | "expectedSerial"
  | "challengeExpiresAt";

export interface NewEnrollment extends Pick<AppleEnrollment, Given> {
  readonly createdAt: Date;
}

/** False when there is an enrollment with this id already. */
export async function addAppleEnrollment(connection: Connection, enrollment: NewEnrollment): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await connection
    .insertInto("apple_enrollments")
    .values({
      tenant: enrollment.tenant,
      id: enrollment.id,
      kind: enrollment.kind,
      managed_account: enrollment.managedAccount,
      supervised: enrollment.supervised,
      released_by_hand: enrollment.releasedByHand,
      challenge_use: enrollment.challengeUse,
      identity_way: enrollment.identityWay,
      expected_serial: enrollment.expectedSerial,
      ownership: enrollment.ownership,
      challenge_sha256: enrollment.challengeSha256,
      challenge_expires_at: enrollment.challengeExpiresAt,
      challenge_used_at: null,
      certificate_not_after: null,
      hardware_id: null,
      claim: null,
      device_id: null,
      created_at: enrollment.createdAt,
    })
    .onConflict((conflict) => conflict.columns(["tenant", "id"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows > 0n;
}

export interface NewChallenge {
  readonly sha256: string;
  readonly way: IdentityWay;
  readonly expiresAt: Date;
}

/** Gives an enrollment another challenge, for a certificate; the one before opens nothing any more. */
export async function replaceChallenge(
  connection: Connection,
  { id, tenant }: Pick<AppleEnrollment, "tenant" | "id">,
  { expiresAt, sha256, way }: NewChallenge,
): Promise<void> {
  await connection
    .updateTable("apple_enrollments")
    .set({
      challenge_sha256: sha256,
      challenge_expires_at: expiresAt,
      challenge_used_at: null,
      challenge_use: "certificate",
      identity_way: way,
    })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}

/** The enrollment of a challenge, locked: a challenge is used once, however many use it at once. */
export async function lockByChallenge(connection: Connection, sha256: string): Promise<AppleEnrollment | undefined> {
  const row = await connection
    .selectFrom("apple_enrollments")
    .selectAll()
    .where("challenge_sha256", "=", sha256)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : enrollmentOf(row);
}

/** The enrollment, locked. */
export async function lockAppleEnrollment(
  connection: Connection,
  tenant: string,
  id: string,
): Promise<AppleEnrollment | undefined> {
  const row = await connection
    .selectFrom("apple_enrollments")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : enrollmentOf(row);
}

/** Writes the certificate that was issued, what was attested of its key, and that the challenge was used if it was one. */
export async function saveCertificate(
  connection: Connection,
  { id, tenant }: Pick<AppleEnrollment, "tenant" | "id">,
  certificate: { readonly serial: string; readonly notAfter: Date; readonly attested?: AttestedDevice | undefined },
  challengeUsedAt: Date | undefined,
): Promise<void> {
  await connection
    .updateTable("apple_enrollments")
    .set({
      attested: certificate.attested ?? null,
      certificate_serial: certificate.serial,
      certificate_not_after: certificate.notAfter,
      ...(challengeUsedAt && { challenge_used_at: challengeUsedAt }),
    })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}

/** Writes which hardware came, and what it says of itself once it does. */
export async function bindHardware(
  connection: Connection,
  { id, tenant }: Pick<AppleEnrollment, "tenant" | "id">,
  hardwareId: string,
  claim: DeviceClaim | undefined,
): Promise<void> {
  await sql`
    update apple_enrollments set hardware_id = ${hardwareId}, claim = ${claim === undefined ? null : JSON.stringify(claim)}::jsonb
    where tenant = ${tenant} and id = ${id}`.execute(connection);
}

/** Writes whose enrollment it is, and until when the certificate is good that it uses. */
export async function bindDevice(
  connection: Connection,
  { id, tenant }: Pick<AppleEnrollment, "tenant" | "id">,
  deviceId: string,
  inUseNotAfter: Date,
): Promise<void> {
  await connection
    .updateTable("apple_enrollments")
    .set({ device_id: deviceId, in_use_not_after: inUseNotAfter })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}
