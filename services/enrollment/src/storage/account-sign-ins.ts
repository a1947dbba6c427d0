import { expectRevision } from "@muster/host/revision";
import { type Insertable, type Selectable, sql, type Transaction } from "kysely";
import type { AccountSignIn } from "../domain/accounts/account-sign-in.ts";
import type { AccountSignInTable } from "./account-tables.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;
type Row = Selectable<AccountSignInTable> & { readonly domains: string[] };

/** A sign-in with its sealed client secret. */
export interface StoredSignIn {
  readonly signIn: AccountSignIn;
  readonly clientSecret: Buffer | undefined;
}

const storedOf = (row: Row): StoredSignIn => ({
  clientSecret: row.client_secret ?? undefined,
  signIn: {
    tenant: row.tenant,
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    hasSecret: row.client_secret !== null,
    domains: row.domains,
    allowsPersonal: row.allows_personal,
    allowsCorporate: row.allows_corporate,
    signInDays: row.sign_in_days,
    minimums: row.minimums,
    createdAt: row.created_at,
    revision: row.revision,
  },
});

const columns = sql`s.*, array(select d.domain from account_domains d
  where d.tenant = s.tenant and d.sign_in_id = s.id order by d.domain) as domains`;

/** All of a tenant's, oldest first; or the one with this id. */
export async function findSignIns(connection: Connection, tenant: string, id?: string): Promise<StoredSignIn[]> {
  const { rows } = await sql<Row>`
    select ${columns} from account_sign_ins s where s.tenant = ${tenant} and (${id ?? null}::uuid is null or s.id = ${id ?? null})
    order by s.id`.execute(connection);
  return rows.map(storedOf);
}

/** The one with this id, held until the transaction ends. */
export async function holdSignIn(
  connection: Connection,
  tenant: string,
  id: string,
): Promise<StoredSignIn | undefined> {
  await sql`select 1 from account_sign_ins where tenant = ${tenant} and id = ${id} for update`.execute(connection);
  return (await findSignIns(connection, tenant, id))[0];
}

/** The sign-in of whoever's mail domain it is. */
export async function signInOfDomain(connection: Connection, domain: string): Promise<StoredSignIn | undefined> {
  const { rows } = await sql<Row>`
    select ${columns} from account_domains of_domain
    join account_sign_ins s on s.tenant = of_domain.tenant and s.id = of_domain.sign_in_id
    where of_domain.domain = ${domain}`.execute(connection);
  return rows.map(storedOf)[0];
}

/** Writes a sign-in, new or changed. Answers a domain that is another sign-in's already: then nothing may be kept. */
export async function putSignIn(
  connection: Connection,
  { clientSecret, signIn }: StoredSignIn,
): Promise<string | undefined> {
  const row: Insertable<AccountSignInTable> = {
    tenant: signIn.tenant,
    id: signIn.id,
    name: signIn.name,
    issuer: signIn.issuer,
    client_id: signIn.clientId,
    client_secret: clientSecret ?? null,
    allows_personal: signIn.allowsPersonal,
    allows_corporate: signIn.allowsCorporate,
    sign_in_days: signIn.signInDays,
    minimums: JSON.stringify(signIn.minimums),
    created_at: signIn.createdAt,
    revision: signIn.revision,
  };
  const { created_at: _first, ...changed } = row;
  await connection
    .insertInto("account_sign_ins")
    .values(row)
    .onConflict((conflict) => conflict.columns(["tenant", "id"]).doUpdateSet(changed))
    .execute();
  await connection
    .deleteFrom("account_domains")
    .where("tenant", "=", signIn.tenant)
    .where("sign_in_id", "=", signIn.id)
    .execute();
  const kept = await connection
    .insertInto("account_domains")
    .values(signIn.domains.map((domain) => ({ domain, tenant: signIn.tenant, sign_in_id: signIn.id })))
    .onConflict((conflict) => conflict.column("domain").doNothing())
    .returning("domain")
    .execute();
  const names = new Set(kept.map(({ domain }) => domain));
  return signIn.domains.find((domain) => !names.has(domain));
}

/** False when there is none. */
export async function deleteSignIn(
  connection: Connection,
  tenant: string,
  id: string,
  expected: readonly number[],
): Promise<boolean> {
  const row = await connection
    .deleteFrom("account_sign_ins")
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .returning("revision")
    .executeTakeFirst();
  if (row !== undefined) expectRevision(row, expected);
  return row !== undefined;
}
