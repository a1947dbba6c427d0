import type { ServiceDatabase } from "@muster/postgres/service-database";
import { calculateJwkThumbprint, type JWK } from "jose";
import type { AcmePlace } from "../../domain/acme/acme-order.ts";
import { AcmeProblem } from "../../domain/acme/acme-problem.ts";
import { isBase64url } from "../../domain/acme/base64url.ts";
import {
  type AcmeAccount,
  addAccount,
  countAccounts,
  endAccounts,
  findAccount,
  sweepAcme,
} from "../../storage/acme-accounts.ts";
import { addNonce, takeNonce } from "../../storage/acme-nonces.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { liveEnrollment } from "./live-enrollment.ts";

export interface AcmeAccountsDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly now: () => Date;
  readonly newCredential: () => string;
}

const NONCE_LIFETIME_MS = 10 * 60_000;
/** So many of an enrollment are good at once; a device uses one after the other. */
const MOST_NONCES = 32;
/** A device that tries again makes a new key. */
const MOST_ACCOUNTS = 8;

/** Who may ask about an enrollment over ACME, and that no request is asked twice (RFC 8555 §6.5, §7.3). */
export class AcmeAccounts {
  readonly #deps: AcmeAccountsDeps;

  constructor(deps: AcmeAccountsDeps) {
    this.#deps = deps;
  }

  /** Throws AcmeProblem where no certificate is to be had. */
  newNonce(place: AcmePlace): Promise<string> {
    const { database, newCredential, now } = this.#deps;
    return database.tenant(place.tenant, async (work) => {
      const at = now();
      await liveEnrollment(work, place, at);
      const nonce = newCredential();
      await addNonce(work.sql, place, nonce, { at, most: MOST_NONCES });
      return nonce;
    });
  }

  /** Throws AcmeProblem for a nonce that was not told here, or was used, or long ago. */
  async spendNonce(place: AcmePlace, nonce: string): Promise<void> {
    const { database, now } = this.#deps;
    // A database keeps no text with a zero byte, and cannot be asked for one.
    const told = isBase64url(nonce)
      ? await database.tenant(place.tenant, (work) => takeNonce(work.sql, place, nonce))
      : undefined;
    if (told === undefined || told.getTime() + NONCE_LIFETIME_MS <= now().getTime())
      throw new AcmeProblem("badNonce", "the nonce is not good any more; take the one of this answer");
  }

  /** The account of a key; a new one unless it has to exist. */
  async open(
    place: AcmePlace,
    jwk: JWK,
    { existing }: { readonly existing: boolean },
  ): Promise<{ readonly account: AcmeAccount; readonly isNew: boolean }> {
    const id = await calculateJwkThumbprint(jwk);
    return this.#deps.database.tenant(place.tenant, async (work) => {
      const { challengeExpiresAt: expiresAt } = await liveEnrollment(work, place, this.#deps.now());
      const known = await findAccount(work.sql, place, id);
      if (known !== undefined) return { account: known, isNew: false };
      if (existing) throw new AcmeProblem("accountDoesNotExist", "there is no account for this key");
      if ((await countAccounts(work.sql, place)) >= MOST_ACCOUNTS)
        throw new AcmeProblem("rateLimited", "too many keys have asked about this enrollment; fetch its profile anew");
      const account = { ...place, id, jwk, expiresAt };
      return { account, isNew: await addAccount(work.sql, account) };
    });
  }

  /** Throws AcmeProblem when there is none. */
  async find(place: AcmePlace, id: string): Promise<AcmeAccount> {
    const { database, now } = this.#deps;
    const account = isBase64url(id)
      ? await database.tenant(place.tenant, (work) => findAccount(work.sql, place, id))
      : undefined;
    if (account === undefined || account.expiresAt <= now())
      throw new AcmeProblem("accountDoesNotExist", "there is no such account; open one");
    return account;
  }

  async end(account: AcmeAccount): Promise<void> {
    await this.#deps.database.tenant(account.tenant, (work) => endAccounts(work.sql, account, account.id));
  }

  /** Removes what is past its time. */
  async sweep(): Promise<void> {
    const at = this.#deps.now();
    await this.#deps.database.system((work) => sweepAcme(work.sql, at, new Date(at.getTime() - NONCE_LIFETIME_MS)));
  }
}
