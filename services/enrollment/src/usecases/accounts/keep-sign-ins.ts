import { expectRevision } from "@muster/host/revision";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import { type AccountSignIn, checkSignIn } from "../../domain/accounts/account-sign-in.ts";
import { refuse } from "../../domain/refusals.ts";
import { deleteSignIn, findSignIns, holdSignIn, putSignIn, type StoredSignIn } from "../../storage/account-sign-ins.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";

export interface KeepSignInsDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly vault: Vault;
  /** The identity providers that the platform's operator lets tenants name. */
  readonly issuers: readonly string[];
  readonly now: () => Date;
  readonly newId: () => string;
}

/** What an administrator says of a sign-in. */
export interface GivenSignIn extends Omit<AccountSignIn, "tenant" | "id" | "hasSecret" | "createdAt" | "revision"> {
  /** Empty leaves the one that is kept, if any, as long as the issuer is the same. */
  readonly clientSecret: string;
}

export const secretPlace = ({ id, tenant }: Pick<AccountSignIn, "tenant" | "id">): string =>
  `${tenant}/account-sign-in/${id}`;

/** What one provider shares with us is not told to another. */
function refuseForeignSecret(known: StoredSignIn | undefined, { clientSecret, issuer }: GivenSignIn): void {
  if (known?.clientSecret === undefined || clientSecret !== "" || issuer === known.signIn.issuer) return;
  throw refuse("account.secret_needed", "the issuer is another one: give client_secret anew");
}

const unknown = (id: string) => refuse("account.sign_in_not_found", `there is no account sign-in "${id}"`);

/** Keeps how people with managed accounts sign in. */
export class SignInKeeper {
  readonly #deps: KeepSignInsDeps;

  constructor(deps: KeepSignInsDeps) {
    this.#deps = deps;
  }

  async list(tenant: string): Promise<AccountSignIn[]> {
    const stored = await this.#deps.database.tenant(tenant, (work) => findSignIns(work.sql, tenant));
    return stored.map(({ signIn }) => signIn);
  }

  create(tenant: string, given: GivenSignIn): Promise<AccountSignIn> {
    return this.#put(tenant, this.#deps.newId(), given, undefined);
  }

  /** Replaces all but the client secret, which stays unless there is another. */
  update(tenant: string, id: string, given: GivenSignIn, expected: readonly number[]): Promise<AccountSignIn> {
    return this.#put(tenant, id, given, expected);
  }

  /** A sign-in as it would be kept in place of the one with the id, or as a new one when it is empty; nothing is changed. */
  check(tenant: string, id: string, asked: GivenSignIn): Promise<AccountSignIn> {
    const { clientSecret, ...given } = asked;
    const { database, issuers, now } = this.#deps;
    return database.tenant(tenant, async (work) => {
      const [known] = id === "" ? [] : await findSignIns(work.sql, tenant, id);
      if (id !== "" && known === undefined) throw unknown(id);
      refuseForeignSecret(known, asked);
      const hasSecret = clientSecret !== "" || known?.clientSecret !== undefined;
      const { createdAt, revision } = known?.signIn ?? { createdAt: now(), revision: 1 };
      return checkSignIn({ ...given, tenant, id, hasSecret, createdAt, revision }, issuers);
    });
  }

  /** Devices that came this way stay; people who have to sign in anew cannot. */
  async delete(tenant: string, id: string, expected: readonly number[]): Promise<void> {
    const { database } = this.#deps;
    if (!(await database.tenant(tenant, (work) => deleteSignIn(work.sql, tenant, id, expected)))) throw unknown(id);
  }

  /** @param expected the revisions that one that is kept may have; nothing for a new one. */
  #put(
    tenant: string,
    id: string,
    asked: GivenSignIn,
    expected: readonly number[] | undefined,
  ): Promise<AccountSignIn> {
    const { clientSecret, ...given } = asked;
    const { database, issuers, now, vault } = this.#deps;
    return database.tenant(tenant, async (work) => {
      const known = expected === undefined ? undefined : await holdSignIn(work.sql, tenant, id);
      if (expected !== undefined) {
        if (known === undefined) throw unknown(id);
        expectRevision(known.signIn, expected);
        refuseForeignSecret(known, asked);
      }
      const sealed =
        clientSecret === "" ? known?.clientSecret : vault.seal(secretPlace({ tenant, id }), Buffer.from(clientSecret));
      const hasSecret = sealed !== undefined;
      const createdAt = known?.signIn.createdAt ?? now();
      const revision = (known?.signIn.revision ?? 0) + 1;
      const signIn = checkSignIn({ ...given, tenant, id, hasSecret, createdAt, revision }, issuers);
      const taken = await putSignIn(work.sql, { signIn, clientSecret: sealed });
      if (taken !== undefined)
        throw refuse(
          "account.domain_taken",
          `accounts of ${taken} sign in elsewhere already; a domain has one sign-in`,
        );
      return signIn;
    });
  }
}
