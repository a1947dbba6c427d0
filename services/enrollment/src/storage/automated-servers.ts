import { type Selectable, sql, type Transaction } from "kysely";
import type { AppleAccount, AutomatedServer, SyncPosition } from "../domain/automated/automated-server.ts";
import type { AutomatedServerTable } from "./automated-tables.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;
type ServerKey = Pick<AutomatedServer, "tenant" | "id">;

/** What a server keeps sealed. */
export interface SealedServer {
  readonly key: Buffer;
  readonly door: Buffer;
  /** Nothing before the first token. */
  readonly token: Buffer | undefined;
}

export interface StoredServer {
  readonly server: AutomatedServer;
  readonly sealed: SealedServer;
}

const storedOf = (row: Selectable<AutomatedServerTable>): StoredServer => ({
  server: {
    tenant: row.tenant,
    id: row.id,
    name: row.name,
    certificate: row.certificate,
    tokenExpiresAt: row.token_expires_at ?? undefined,
    account: row.account ?? undefined,
    rules: row.rules,
    defaultProfileId: row.default_profile_id ?? undefined,
    position: { phase: row.phase, cursor: row.cursor, round: row.round },
    fetched: row.fetched,
    syncedAt: row.synced_at ?? undefined,
    nextSyncAt: row.next_sync_at ?? undefined,
    failures: row.failures,
    lastError: row.last_error,
    termsChangedAt: row.terms_changed_at ?? undefined,
    expiryWarnings: row.expiry_warnings,
    createdAt: row.created_at,
    revision: row.revision,
  },
  sealed: { key: row.sealed_key, door: row.sealed_door, token: row.sealed_token ?? undefined },
});

export async function addServer(
  connection: Connection,
  server: AutomatedServer,
  sealed: SealedServer,
  doorSha256: string,
): Promise<void> {
  await connection
    .insertInto("automated_servers")
    .values({
      tenant: server.tenant,
      id: server.id,
      name: server.name,
      certificate: server.certificate,
      sealed_key: sealed.key,
      sealed_door: sealed.door,
      door_sha256: doorSha256,
      sealed_token: null,
      token_expires_at: null,
      account: null,
      rules: sql`${JSON.stringify(server.rules)}::jsonb`,
      default_profile_id: server.defaultProfileId ?? null,
      ...server.position,
      fetched: false,
      synced_at: null,
      next_sync_at: null,
      claimed_until: null,
      terms_changed_at: null,
      created_at: server.createdAt,
    })
    .execute();
}

export async function findServer(connection: Connection, { id, tenant }: ServerKey): Promise<StoredServer | undefined> {
  const row = await connection
    .selectFrom("automated_servers")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .executeTakeFirst();
  return row === undefined ? undefined : storedOf(row);
}

/** The server, locked. */
export async function lockServer(connection: Connection, { id, tenant }: ServerKey): Promise<StoredServer | undefined> {
  const row = await connection
    .selectFrom("automated_servers")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : storedOf(row);
}

/** Oldest first. */
export async function listServers(connection: Connection, tenant: string): Promise<StoredServer[]> {
  const rows = await connection
    .selectFrom("automated_servers")
    .selectAll()
    .where("tenant", "=", tenant)
    .orderBy("id")
    .execute();
  return rows.map(storedOf);
}

/** Takes a server that is due for synchronization, so that nobody else does; nothing when none is. */
export async function claimDueServer(
  connection: Connection,
  now: Date,
  until: Date,
): Promise<StoredServer | undefined> {
  const { rows } = await sql<Selectable<AutomatedServerTable>>`
    update automated_servers s set claimed_until = ${until}, next_sync_at = null
    from (
      select tenant, id from automated_servers
      where sealed_token is not null and (next_sync_at is null or next_sync_at <= ${now})
        and (claimed_until is null or claimed_until <= ${now})
      order by next_sync_at nulls first limit 1 for update skip locked
    ) due where s.tenant = due.tenant and s.id = due.id returning s.*`.execute(connection);
  const [row] = rows;
  return row === undefined ? undefined : storedOf(row);
}

/** Stays with the server for longer; false when it is not there any more. */
export async function keepClaim(connection: Connection, { id, tenant }: ServerKey, until: Date): Promise<boolean> {
  const { numUpdatedRows } = await connection
    .updateTable("automated_servers")
    .set({ claimed_until: until })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Writes where the list of devices was left. */
export async function savePosition(
  connection: Connection,
  { id, tenant }: ServerKey,
  { cursor, phase, round }: SyncPosition,
): Promise<void> {
  await sql`
    update automated_servers set phase = ${phase}, cursor = ${cursor}, round = ${round},
      fetched = fetched or ${phase === "sync"}
    where tenant = ${tenant} and id = ${id}`.execute(connection);
}

export interface SyncOutcome {
  readonly syncedAt: Date | undefined;
  readonly failures: number;
  readonly lastError: string;
  readonly termsChangedAt: Date | undefined;
  readonly expiryWarnings: number;
  readonly nextSyncAt: Date;
}

/** Lets go of a server. One that was asked for meanwhile is due at once. */
export async function releaseServer(
  connection: Connection,
  { id, tenant }: ServerKey,
  outcome: SyncOutcome,
): Promise<void> {
  await sql`
    update automated_servers set claimed_until = null, next_sync_at = coalesce(next_sync_at, ${outcome.nextSyncAt}),
      synced_at = coalesce(${outcome.syncedAt ?? null}, synced_at), failures = ${outcome.failures},
      last_error = ${outcome.lastError}, terms_changed_at = ${outcome.termsChangedAt ?? null},
      expiry_warnings = ${outcome.expiryWarnings}
    where tenant = ${tenant} and id = ${id}`.execute(connection);
}

export async function makeDue(connection: Connection, { id, tenant }: ServerKey, now: Date): Promise<void> {
  await sql`
    update automated_servers set next_sync_at = ${now}
    where tenant = ${tenant} and id = ${id} and sealed_token is not null`.execute(connection);
}

export async function saveToken(
  connection: Connection,
  { id, tenant }: ServerKey,
  sealedToken: Buffer,
  expiresAt: Date,
  account: AppleAccount | undefined,
): Promise<void> {
  await sql`
    update automated_servers set sealed_token = ${sealedToken}, token_expires_at = ${expiresAt}, expiry_warnings = 0,
      account = coalesce(${account === undefined ? null : JSON.stringify(account)}::jsonb, account)
    where tenant = ${tenant} and id = ${id}`.execute(connection);
}

export async function saveAccount(
  connection: Connection,
  { id, tenant }: ServerKey,
  account: AppleAccount,
): Promise<void> {
  await sql`
    update automated_servers set account = ${JSON.stringify(account)}::jsonb
    where tenant = ${tenant} and id = ${id}`.execute(connection);
}

export async function saveRules(
  connection: Connection,
  { id, tenant }: ServerKey,
  { defaultProfileId, name, rules }: Pick<AutomatedServer, "name" | "rules" | "defaultProfileId">,
): Promise<void> {
  await sql`
    update automated_servers set name = ${name}, rules = ${JSON.stringify(rules)}::jsonb,
      default_profile_id = ${defaultProfileId ?? null}, revision = revision + 1
    where tenant = ${tenant} and id = ${id}`.execute(connection);
}

export async function removeServer(connection: Connection, { id, tenant }: ServerKey): Promise<void> {
  for (const table of ["automated_devices", "automated_definitions"] as const)
    await connection.deleteFrom(table).where("tenant", "=", tenant).where("server_id", "=", id).execute();
  await connection.deleteFrom("automated_servers").where("tenant", "=", tenant).where("id", "=", id).execute();
}
export async function serverOfDoor(connection: Connection, doorSha256: string): Promise<AutomatedServer | undefined> {
  const row = await connection
    .selectFrom("automated_servers")
    .selectAll()
    .where("door_sha256", "=", doorSha256)
    .executeTakeFirst();
  return row === undefined ? undefined : storedOf(row).server;
}

/** The server that a device is assigned to, or else the tenant's first, of those that Apple knows. */
export async function serverOfDevice(
  connection: Connection,
  tenant: string,
  serialNumber: string,
): Promise<StoredServer | undefined> {
  const { rows } = await sql<Selectable<AutomatedServerTable>>`
    select s.* from automated_servers s
    left join automated_devices d on d.tenant = s.tenant and d.server_id = s.id and d.serial_number = ${serialNumber}
    where s.tenant = ${tenant} and s.account is not null
    order by (d.server_id is null), s.id limit 1`.execute(connection);
  return rows.map(storedOf)[0];
}
