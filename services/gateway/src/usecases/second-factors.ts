import { randomBytes } from "node:crypto";
import type { GetSecondFactorResponse } from "@muster/contracts/gen/muster/gateway/v1/second_factor_service";
import type { Refusal } from "@muster/host/refusal";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import type { Selectable, Transaction } from "kysely";
import { passwordMatches } from "../domain/password.ts";
import type { Principal } from "../domain/principal.ts";
import { refuse, tooManyAttempts } from "../domain/refusals.ts";
import { hashSecret } from "../domain/secrets.ts";
import { base32, otpauthUri, plainRecoveryCode, recoveryCode, stepOfCode, TOTP_SECRET_BYTES } from "../domain/totp.ts";
import type { AttemptLimit } from "../storage/attempt-limit.ts";
import { refuseRole } from "../storage/roles.ts";
import type { GatewayTables, SecondFactorRow, UserRow } from "../storage/tables.ts";
import { endSessions } from "./sessions.ts";
import { lockUser } from "./users.ts";

export interface SecondFactorsDeps {
  readonly database: ServiceDatabase<GatewayTables>;
  readonly vault: Vault;
  /** How often an account may be tried, its password and its codes together. */
  readonly perAccount: AttemptLimit;
  readonly now: () => Date;
}

type Sql = Transaction<GatewayTables>;
type Person = Pick<Selectable<UserRow>, "tenant" | "id">;
type Factor = Selectable<SecondFactorRow>;

const RECOVERY_CODES = 10;
/** 80 bits: no slow hash is needed to keep them from being guessed. */
const RECOVERY_BYTES = 10;

const wrongCode = () =>
  refuse(
    "identity.bad_second_factor",
    "this is not the code that the authenticator app shows now, or it was used before",
  );

/** The authenticator apps of people who sign in with a password. */
export class SecondFactors {
  readonly #deps: SecondFactorsDeps;

  constructor(deps: SecondFactorsDeps) {
    this.#deps = deps;
  }

  async read(principal: Principal): Promise<GetSecondFactorResponse> {
    const { id, tenant } = ownSession(principal);
    return this.#deps.database.tenant(tenant, async ({ sql }) => {
      const { hasPassword, left, since } = await sql
        .selectFrom("users")
        .select((row) => [
          "second_factor_at as since",
          row("password_hash", "is not", null).as("hasPassword"),
          row
            .selectFrom("recovery_codes")
            .select(({ fn }) => fn.countAll<string>().as("count"))
            .whereRef("recovery_codes.tenant", "=", "users.tenant")
            .whereRef("recovery_codes.user_id", "=", "users.id")
            .as("left"),
        ])
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      return { since: since ?? undefined, recoveryCodesLeft: Number(left), keptByProvider: !hasPassword };
    });
  }

  async begin(password: string, principal: Principal): Promise<{ readonly secret: string; readonly uri: string }> {
    const { database, now, vault } = this.#deps;
    const { id, tenant } = ownSession(principal);
    await this.#slow(principal.actor);
    const secret = randomBytes(TOTP_SECRET_BYTES);
    await database.tenant(tenant, async ({ sql }) => {
      const user = await lockUser(sql, tenant, id);
      if (user.password_hash === null)
        throw refuse("identity.kept_by_provider", "your sign-in provider asks for a second factor, if anybody does");
      if (!(await passwordMatches(password, user.password_hash)))
        throw refuse("identity.wrong_password", "this is not your password");
      if (user.second_factor_at !== null)
        throw refuse("identity.second_factor_set", "you have an authenticator app already; remove that first");
      const sealed = vault.seal(place(user), secret);
      await sql
        .insertInto("second_factors")
        .values({ tenant, user_id: id, secret: sealed, created_at: now() })
        .onConflict((conflict) => conflict.columns(["tenant", "user_id"]).doUpdateSet({ secret: sealed }))
        .execute();
    });
    const text = base32(secret);
    return { secret: text, uri: otpauthUri(text, principal.actor) };
  }

  /** Answers the recovery codes, which are kept as hashes alone. */
  async confirm(code: string, principal: Principal): Promise<string[]> {
    const { database, now } = this.#deps;
    const { id, tenant } = ownSession(principal);
    await this.#slow(principal.actor);
    const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCode(randomBytes(RECOVERY_BYTES)));
    await database.tenant(tenant, async ({ sql }) => {
      const user = await lockUser(sql, tenant, id);
      const factor = await lockFactor(sql, user);
      if (factor === undefined || user.second_factor_at !== null)
        throw refuse("identity.no_second_factor", "there is no authenticator app to confirm; begin with a new secret");
      if (!(await this.#useTotp(sql, factor, code))) throw wrongCode();
      await askForCodes(sql, user, now());
      const rows = codes.map((each) => ({ tenant, user_id: id, code_hash: hashSecret(plainRecoveryCode(each)) }));
      await sql.insertInto("recovery_codes").values(rows).execute();
    });
    return codes;
  }

  async remove(code: string, principal: Principal): Promise<void> {
    const { id, tenant } = ownSession(principal);
    await this.#slow(principal.actor);
    await this.#deps.database.tenant(tenant, async ({ sql }) => {
      const factor = await lockFactor(sql, { tenant, id });
      if (factor === undefined) throw refuse("identity.no_second_factor", "you have no authenticator app");
      if (!(await this.#use(sql, factor, code))) throw wrongCode();
      await removeFactor(sql, { tenant, id });
    });
  }

  async reset(id: string, principal: Principal): Promise<void> {
    const { tenant } = principal;
    await this.#deps.database.tenant(tenant, async ({ sql }) => {
      const user = await lockUser(sql, tenant, id);
      await refuseRole(sql, principal, user.role, "change somebody with");
      await removeFactor(sql, user);
      await endSessions(sql, user);
    });
  }

  /** What is missing for somebody to sign in whose password was right; a code that was right is used up. */
  async missing(sql: Sql, user: Selectable<UserRow>, code: string): Promise<Refusal | undefined> {
    const factor = user.second_factor_at === null ? undefined : await lockFactor(sql, user);
    if (factor === undefined) return undefined;
    if (code === "")
      return refuse("identity.second_factor_needed", "send the code that your authenticator app shows, too");
    return (await this.#use(sql, factor, code)) ? undefined : wrongCode();
  }

  async #use(sql: Sql, factor: Factor, code: string): Promise<boolean> {
    if (await this.#useTotp(sql, factor, code)) return true;
    const { numDeletedRows } = await sql
      .deleteFrom("recovery_codes")
      .where("tenant", "=", factor.tenant)
      .where("user_id", "=", factor.user_id)
      .where("code_hash", "=", hashSecret(plainRecoveryCode(code)))
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  }

  async #useTotp(sql: Sql, factor: Factor, code: string): Promise<boolean> {
    const secret = this.#deps.vault.open(place({ tenant: factor.tenant, id: factor.user_id }), factor.secret);
    const step = stepOfCode(secret, code.replaceAll(" ", ""), this.#deps.now(), Number(factor.last_step));
    if (step === undefined) return false;
    await sql
      .updateTable("second_factors")
      .set({ last_step: step })
      .where("tenant", "=", factor.tenant)
      .where("user_id", "=", factor.user_id)
      .execute();
    return true;
  }

  async #slow(account: string): Promise<void> {
    const waitSec = await this.#deps.perAccount.take(account, this.#deps.now());
    if (waitSec > 0) throw tooManyAttempts(waitSec);
  }
}

const place = ({ id, tenant }: Person): string => `${tenant}/second-factor/${id}`;

/** Only the person, in a session of their own: a token must not change how its maker signs in. */
function ownSession(principal: Principal): Principal {
  if (principal.proof !== "session")
    throw refuse("identity.no_session", "sign in with your password for this: a token cannot do it for you");
  return principal;
}

/** Held until the transaction ends, so that two sign-ins at once do not use one code. */
function lockFactor(sql: Sql, { id, tenant }: Person): Promise<Factor | undefined> {
  return sql
    .selectFrom("second_factors")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("user_id", "=", id)
    .forUpdate()
    .executeTakeFirst();
}

async function removeFactor(sql: Sql, person: Person): Promise<void> {
  const { id, tenant } = person;
  await askForCodes(sql, person, null);
  await sql.deleteFrom("second_factors").where("tenant", "=", tenant).where("user_id", "=", id).execute();
}

async function askForCodes(sql: Sql, { id, tenant }: Person, since: Date | null): Promise<void> {
  await sql
    .updateTable("users")
    .set({ second_factor_at: since })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}
