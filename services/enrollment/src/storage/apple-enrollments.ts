import type { DeviceClaim } from "@muster/apple-protocol/mdm/checkin";
import { type Selectable, sql, type Transaction } from "kysely";
import type { AppleEnrollment } from "../domain/apple/apple-enrollment.ts";
import type { AppleEnrollmentTable, EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

const enrollmentOf = (row: Selectable<AppleEnrollmentTable>): AppleEnrollment => ({
  tenant: row.tenant,
  id: row.id,
  ownership: row.ownership,
  challengeExpiresAt: row.challenge_expires_at,
  challengeUsedAt: row.challenge_used_at ?? undefined,
  certificateSerial: row.certificate_serial,
  certificateNotAfter: row.certificate_not_after ?? undefined,
  hardwareId: row.hardware_id ?? undefined,
  claim: row.claim ?? undefined,
  deviceId: row.device_id ?? undefined,
});

interface NewEnrollment extends Pick<AppleEnrollment, "tenant" | "id" | "ownership" | "challengeExpiresAt"> {
  readonly challengeSha256: string;
  readonly createdAt: Date;
}

export async function addAppleEnrollment(connection: Connection, enrollment: NewEnrollment): Promise<void> {
  await connection
    .insertInto("apple_enrollments")
    .values({
      tenant: enrollment.tenant,
      id: enrollment.id,
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

/** Writes the certificate that was issued, and that the challenge was used if it was one. */
export async function saveCertificate(
  connection: Connection,
  { id, tenant }: Pick<AppleEnrollment, "tenant" | "id">,
  certificate: { readonly serial: string; readonly notAfter: Date },
  challengeUsedAt: Date | undefined,
): Promise<void> {
  await connection
    .updateTable("apple_enrollments")
    .set({
      certificate_serial: certificate.serial,
      certificate_not_after: certificate.notAfter,
      ...(challengeUsedAt && { challenge_used_at: challengeUsedAt }),
    })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}

/** Writes which hardware came, and what it says of itself. */
export async function bindHardware(
  connection: Connection,
  { id, tenant }: Pick<AppleEnrollment, "tenant" | "id">,
  hardwareId: string,
  claim: DeviceClaim,
): Promise<void> {
  await sql`
    update apple_enrollments set hardware_id = ${hardwareId}, claim = ${JSON.stringify(claim)}::jsonb
    where tenant = ${tenant} and id = ${id}`.execute(connection);
}

/** Writes whose enrollment it is. */
export async function bindDevice(
  connection: Connection,
  { id, tenant }: Pick<AppleEnrollment, "tenant" | "id">,
  deviceId: string,
): Promise<void> {
  await connection
    .updateTable("apple_enrollments")
    .set({ device_id: deviceId })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}
