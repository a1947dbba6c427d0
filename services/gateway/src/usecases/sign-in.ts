import type { Refusal } from "@muster/host/refusal";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { type Selectable, sql, type Transaction } from "kysely";
import { hashPassword, passwordMatches } from "../domain/password.ts";
import { claimed, type Principal } from "../domain/principal.ts";
import { refuse, tooManyAttempts } from "../domain/refusals.ts";
import { hashSecret, newSessionSecret } from "../domain/secrets.ts";
import type { AttemptLimit } from "../storage/attempt-limit.ts";
import { findPrincipals } from "../storage/credentials.ts";
import type { GatewayTables, UserRow } from "../storage/tables.ts";
import type { SecondFactors } from "./second-factors.ts";
import { openSession } from "./sessions.ts";

export interface SignInLimits {
  readonly perAccount: AttemptLimit;
  readonly perAddress: AttemptLimit;
}

export interface Attempt {
  readonly email: string;
  readonly password: string;
  /** Of the authenticator app, or a recovery code; empty when none was given. */
  readonly code: string;
  readonly remoteAddress: string;
}

export type SignInOutcome =
  | { readonly principal: Principal; readonly session: string }
  /** Refused; the principal is the one that was claimed, without rights, if anything is known of the person. */
  | { readonly refusal: Refusal; readonly claimed: Principal | undefined };

const badCredentials = () => refuse("identity.bad_credentials", "this address and password do not belong together");

/** Lets people in by address, password and, where one is set, second factor. */
export class SignIn {
  readonly #database: ServiceDatabase<GatewayTables>;
  readonly #factors: SecondFactors;
  readonly #limits: SignInLimits;
  readonly #now: () => Date;
  #decoy: Promise<string> | undefined;

  constructor(database: ServiceDatabase<GatewayTables>, factors: SecondFactors, limits: SignInLimits, now: () => Date) {
    this.#database = database;
    this.#factors = factors;
    this.#limits = limits;
    this.#now = now;
  }

  async signIn({ code, email, password, remoteAddress }: Attempt): Promise<SignInOutcome> {
    const account = email.trim().toLowerCase();
    const user = await this.#find(account);
    const known = user && claimed(user.tenant, user);
    const now = this.#now();
    // The address first: one that is refused must not use up the attempts of the account that it names.
    const waitSec =
      (await this.#limits.perAddress.take(remoteAddress, now)) || (await this.#limits.perAccount.take(account, now));
    if (waitSec > 0) {
      return { refusal: tooManyAttempts(waitSec), claimed: known };
    }
    // Without a user as much work is done, so that the time an answer takes tells nobody who is one.
    const hash = user?.password_hash ?? (await this.#decoyHash());
    const matches = await passwordMatches(password, hash);
    if (!matches || user === undefined || known === undefined) return { refusal: badCredentials(), claimed: known };
    const session = await this.#database.tenant(user.tenant, async ({ sql: transaction }) => {
      // To compare the password took a while, in which an administrator may have changed it, or shut the person out.
      const present = await holdUser(transaction, user);
      if (present?.password_hash !== user.password_hash || present.disabled) return badCredentials();
      const refusal = await this.#factors.missing(transaction, present, code);
      return refusal ?? openSession(transaction, present, now);
    });
    if (typeof session !== "string") return { refusal: session, claimed: known };
    await this.#limits.perAccount.forgive(account);
    const [principal] = await findPrincipals(this.#database, [hashSecret(session)], now);
    return { principal: principal ?? known, session };
  }

  #find(email: string) {
    return this.#database.system((work) =>
      work.sql
        .selectFrom("users")
        .selectAll()
        .where(sql`lower(email)`, "=", email)
        .where("provider_id", "is", null)
        .executeTakeFirst(),
    );
  }

  #decoyHash(): Promise<string> {
    this.#decoy ??= hashPassword(newSessionSecret());
    return this.#decoy;
  }
}

/** A person as there is one now, held until the transaction ends. */
const holdUser = (
  transaction: Transaction<GatewayTables>,
  { id, tenant }: Pick<UserRow, "tenant" | "id">,
): Promise<Selectable<UserRow> | undefined> =>
  transaction
    .selectFrom("users")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .forNoKeyUpdate()
    .executeTakeFirst();
