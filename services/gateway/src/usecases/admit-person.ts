import type { ServiceDatabase } from "@muster/postgres/service-database";
import { isUniqueViolation } from "@muster/postgres/sqlstate";
import { type Selectable, type Transaction, sql as text } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { claimed } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { hashSecret } from "../domain/secrets.ts";
import { roleOfGroups, type SignInProvider, type ToldPerson } from "../domain/sign-in-provider.ts";
import { findPrincipals } from "../storage/credentials.ts";
import { writeTold } from "../storage/provided-people.ts";
import type { GatewayTables, UserRow } from "../storage/tables.ts";
import { groupsOf } from "./scim/roles-of-groups.ts";
import { endSessions, openSession } from "./sessions.ts";
import type { SignInOutcome } from "./sign-in.ts";

/** The longest that what a provider once said of a person counts: then it is asked again. */
export const PROVIDER_SESSION_HOURS = 12;

type KeptUser = Selectable<UserRow>;

/**
 * Lets a person in whom a provider proved, as the provider tells of the person now: who comes for the first time is written
 * down, who is in no group that counts any more is shut out everywhere. People are known by provider and subject alone.
 */
export async function admitPerson(
  database: ServiceDatabase<GatewayTables>,
  provider: SignInProvider,
  person: ToldPerson,
  now: Date,
): Promise<SignInOutcome> {
  try {
    const decided = await database.tenant(provider.tenant, ({ sql }) => decide(sql, provider, person, now));
    if ("refusal" in decided) return decided;
    const [principal] = await findPrincipals(database, [hashSecret(decided.session)], now);
    return principal === undefined ? decided : { ...decided, principal };
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = `${person.email} is somebody else's address here already; an administrator can remove that account`;
    return { refusal: refuse("identity.email_taken", message), claimed: claimed(provider.tenant, person) };
  }
}

async function decide(
  sql: Transaction<GatewayTables>,
  provider: SignInProvider,
  person: ToldPerson,
  now: Date,
): Promise<SignInOutcome> {
  const { tenant } = provider;
  const known = await lockPerson(sql, provider, person);
  if (known?.active === false) {
    const refusal = refuse("sign_in.disabled", "your organisation has ended your account here");
    return { refusal, claimed: claimed(tenant, known) };
  }
  const kept = known === undefined ? undefined : (await groupsOf(sql, tenant, [known.id])).get(known.id);
  const role = roleOfGroups([...person.groups, ...(kept ?? [])], provider);
  if (role === undefined) {
    if (known !== undefined) await shutOut(sql, known);
    const message = "none of your groups may use Muster here; ask an administrator to map one of them to a role";
    return { refusal: refuse("sign_in.no_role", message), claimed: claimed(tenant, known ?? person) };
  }
  if (known?.disabled === true) {
    const refusal = refuse("sign_in.disabled", "an administrator has disabled your account here");
    return { refusal, claimed: claimed(tenant, known) };
  }
  const user = await writePerson(sql, provider, person, role, now, known);
  const endsAt = new Date(now.getTime() + PROVIDER_SESSION_HOURS * 3_600_000);
  return { principal: claimed(tenant, user), session: await openSession(sql, user, now, endsAt) };
}

/** The one with this subject; else one that the provider told of by SCIM and that has not come yet. */
function lockPerson(
  sql: Transaction<GatewayTables>,
  { id, tenant }: SignInProvider,
  { accounts, subject }: ToldPerson,
): Promise<KeptUser | undefined> {
  return sql
    .selectFrom("users")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("provider_id", "=", id)
    .where((where) =>
      where.or([
        where("subject", "=", subject),
        where.and([
          where("subject", "is", null),
          where.or([
            where("external_id", "=", subject),
            where(text`lower(coalesce(user_name, email))`, "=", text`any(${accounts}::text[])`),
          ]),
        ]),
      ]),
    )
    .orderBy("subject")
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
}

async function shutOut(sql: Transaction<GatewayTables>, { id, tenant }: KeptUser): Promise<void> {
  await writeTold(sql, tenant, [id], { deprovisioned: true });
  await endSessions(sql, { tenant, id });
}

// Two first sign-ins at once are one person: the second changes what the first wrote.
async function writePerson(
  sql: Transaction<GatewayTables>,
  { id, tenant }: SignInProvider,
  { email, name, subject }: ToldPerson,
  role: string,
  now: Date,
  known: KeptUser | undefined,
): Promise<KeptUser> {
  const told = { email, name, role, deprovisioned: false };
  if (known !== undefined) {
    await writeTold(sql, tenant, [known.id], { ...told, subject });
    return sql
      .selectFrom("users")
      .selectAll()
      .where("tenant", "=", tenant)
      .where("id", "=", known.id)
      .executeTakeFirstOrThrow();
  }
  return sql
    .insertInto("users")
    .values({
      ...told,
      tenant,
      id: uuidv7(),
      provider_id: id,
      subject,
      password_hash: null,
      last_sign_in_at: now,
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(["tenant", "provider_id", "subject"]).doUpdateSet(told))
    .returningAll()
    .executeTakeFirstOrThrow();
}
