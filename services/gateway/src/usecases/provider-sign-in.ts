import type { Logger } from "@muster/host/logging";
import {
  beginSignIn,
  type Claims,
  endSessionUrl,
  finishSignIn,
  type RelyingParty,
  type SecretsOfRound,
} from "@muster/openid/relying-party";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import { validate as isUuid } from "uuid";
import { claimed, type Principal } from "../domain/principal.ts";
import { refuse, tooManyAttempts } from "../domain/refusals.ts";
import { personIn, type SignInProvider } from "../domain/sign-in-provider.ts";
import type { AttemptLimit } from "../storage/attempt-limit.ts";
import { findProvider, listProviders, type StoredProvider } from "../storage/sign-in-providers.ts";
import type { GatewayTables } from "../storage/tables.ts";
import { admitPerson } from "./admit-person.ts";
import type { SignInOutcome } from "./sign-in.ts";
import { secretPlace } from "./sign-in-providers.ts";

export interface ProviderSignInDeps {
  readonly database: ServiceDatabase<GatewayTables>;
  readonly vault: Vault;
  readonly perAddress: AttemptLimit;
  /** Where people reach this gateway. */
  readonly origin: string;
  readonly log: Logger;
  readonly now: () => Date;
}

/** A sign-in that is under way, as the person's own browser keeps it sealed. */
export interface Round {
  readonly providerId: string;
  readonly secrets: SecretsOfRound;
  /** Where the person wanted to go. */
  readonly returnTo: string;
  /** Milliseconds of the epoch. */
  readonly endsAt: number;
}

/** A person has so long at the provider. */
export const ROUND_MINUTES = 15;

export const CALLBACK = "/api/v1/sign-in/callback";

const unknownRound = () =>
  refuse("sign_in.round_unknown", "this sign-in was not begun in this browser, or took too long; sign in again");

/** Lets people in by an OpenID provider of their tenant. */
export class ProviderSignIn {
  readonly #deps: ProviderSignInDeps;

  constructor(deps: ProviderSignInDeps) {
    this.#deps = deps;
  }

  /** What the sign-in page offers to a tenant's people. */
  async offered(tenant: string): Promise<Pick<SignInProvider, "id" | "name">[]> {
    const stored = await this.#deps.database.tenant(tenant, (work) => listProviders(work.sql, tenant));
    return stored.map(({ provider: { id, name } }) => ({ id, name }));
  }

  async begin(
    providerId: string,
    returnTo: string,
    remoteAddress: string,
  ): Promise<{ readonly url: string; readonly round: Round }> {
    await this.#slow(remoteAddress);
    const stored = await this.#find(providerId);
    if (stored === undefined)
      throw refuse("sign_in.provider_unknown", `there is no sign-in provider ${providerId}; reload the page`);
    const question = { redirectUrl: this.#redirectUrl, scopes: stored.provider.scopes, loginHint: "" };
    const { secrets, url } = await beginSignIn(this.#party(stored), question).catch((cause: unknown) => {
      this.#warn(stored, cause);
      throw refuse("sign_in.provider_away", "the identity provider cannot be asked now; try again", { cause });
    });
    const endsAt = this.#deps.now().getTime() + ROUND_MINUTES * 60_000;
    return { url, round: { providerId, secrets, returnTo, endsAt } };
  }

  async finish(round: Round | undefined, query: string, remoteAddress: string): Promise<SignInOutcome> {
    const { now } = this.#deps;
    await this.#slow(remoteAddress);
    if (round === undefined || round.endsAt <= now().getTime()) return { refusal: unknownRound(), claimed: undefined };
    const stored = await this.#find(round.providerId);
    if (stored === undefined) return { refusal: unknownRound(), claimed: undefined };
    const claims = await this.#proved(stored, round, query);
    if (claims === undefined) {
      const refusal = refuse("sign_in.not_proved", "the identity provider did not prove who you are; sign in again");
      return { refusal, claimed: claimed(stored.provider.tenant, { email: "" }) };
    }
    const { provider } = stored;
    return admitPerson(this.#deps.database, provider, personIn(claims, provider), now());
  }

  /** Where a browser goes to end the session of this person at the provider too, if there is such a place. */
  async signOutUrl({ actor, id, tenant }: Principal): Promise<string | undefined> {
    const stored = await this.#deps.database.tenant(tenant, async (work) => {
      const user = await work.sql
        .selectFrom("users")
        .select("provider_id")
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .executeTakeFirst();
      return user?.provider_id == null ? undefined : findProvider(work.sql, user.provider_id);
    });
    if (stored === undefined) return undefined;
    return endSessionUrl(this.#party(stored), { account: actor, returnUrl: `${this.#deps.origin}/` }).catch(
      (cause: unknown) => this.#warn(stored, cause),
    );
  }

  async #proved(stored: StoredProvider, { secrets }: Round, query: string): Promise<Claims | undefined> {
    const answer = { redirectUrl: this.#redirectUrl, query, secrets, wanted: [stored.provider.groupsClaim, "email"] };
    try {
      return await finishSignIn(this.#party(stored), answer);
    } catch (error) {
      this.#warn(stored, error);
      return undefined;
    }
  }

  #find(id: string): Promise<StoredProvider | undefined> {
    return this.#deps.database.system(async (work) => (isUuid(id) ? findProvider(work.sql, id) : undefined));
  }

  #party({ clientSecret, provider }: StoredProvider): RelyingParty {
    const secret = clientSecret && this.#deps.vault.open(secretPlace(provider), clientSecret).toString();
    return { issuer: provider.issuer, clientId: provider.clientId, clientSecret: secret };
  }

  get #redirectUrl(): string {
    return this.#deps.origin + CALLBACK;
  }

  async #slow(remoteAddress: string): Promise<void> {
    const waitSec = await this.#deps.perAddress.take(remoteAddress, this.#deps.now());
    if (waitSec > 0) throw tooManyAttempts(waitSec);
  }

  // The message alone: what belongs to such an error can hold a token.
  #warn({ provider }: StoredProvider, error: unknown): undefined {
    const reason = error instanceof Error ? error.message : String(error);
    this.#deps.log.warn(
      { tenant: provider.tenant, issuer: provider.issuer, reason },
      "an OpenID provider was of no use",
    );
  }
}
