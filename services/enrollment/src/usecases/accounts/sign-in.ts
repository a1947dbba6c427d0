import type { MachineInfo } from "@muster/apple-protocol/mdm/machine-info";
import type { AccountGrant } from "@muster/device-identity/account-token";
import type { RelyingParty, SecretsOfRound } from "@muster/openid/relying-party";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import { validate as isUuid } from "uuid";
import { type AccountSignIn, accountIn, allows, domainOf } from "../../domain/accounts/account-sign-in.ts";
import { isAccountDriven } from "../../domain/apple/apple-enrollment.ts";
import { type MinimumSystem, updateNeeded } from "../../domain/automated/update-gate.ts";
import type { Ownership } from "../../domain/claim.ts";
import { refuse } from "../../domain/refusals.ts";
import { findSignIns, type StoredSignIn, signInOfDomain } from "../../storage/account-sign-ins.ts";
import { lockAppleEnrollment } from "../../storage/apple-enrollments.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { secretPlace } from "./keep-sign-ins.ts";
import type { OpenIdProvider } from "./ports.ts";

export interface SignInDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly vault: Vault;
  readonly provider: OpenIdProvider;
  readonly now: () => Date;
  readonly newId: () => string;
}

/** Why somebody signs in: to enroll a device, or because an enrolled one has to show anew who uses it. */
export type SignInReason =
  | { readonly kind: "enroll"; readonly domain: string; readonly ownership: Ownership; readonly account: string }
  | { readonly kind: "anew"; readonly tenant: string; readonly enrollmentId: string };

/** Who wants to enroll a device; the tenant is known of somebody who is signed in. */
interface Admission {
  readonly domain: string;
  readonly ownership: Ownership;
  readonly tenant: string | undefined;
}

/** A sign-in that is under way, as the person's own browser keeps it sealed. */
export interface PendingSignIn {
  readonly tenant: string;
  readonly signInId: string;
  readonly enrollmentId: string;
  readonly ownership: Ownership;
  /** The only account that may sign in; empty when any may. */
  readonly account: string;
  readonly secrets: SecretsOfRound;
  /** Milliseconds of the epoch. */
  readonly endsAt: number;
}

const PENDING_MS = 15 * 60_000;
const DAY_MS = 24 * 3_600_000;

const notHere = () => refuse("account.not_here", "accounts of this domain do not enroll devices here");

/** Signs people in with their organisation's identity provider, and grants the device that they hold. */
export class AccountSignIns {
  readonly #deps: SignInDeps;

  constructor(deps: SignInDeps) {
    this.#deps = deps;
  }

  /** How devices of this account may come; nothing when the account is nobody's here. */
  async find(account: string): Promise<AccountSignIn | undefined> {
    const domain = domainOf(account);
    return domain === "" ? undefined : (await this.#ofDomain(domain))?.signIn;
  }

  /**
   * Whether a device may enroll now that names this domain, or whose person is signed in already.
   * @returns the system that it has to update to first.
   */
  async admit(
    { domain, ownership, tenant }: Admission,
    info: Pick<MachineInfo, "canUpdateFirst" | "osVersion" | "product">,
  ): Promise<MinimumSystem | undefined> {
    const signIn = (await this.#ofDomain(domain))?.signIn;
    // What somebody signed in for may be nobody's any more, or another tenant's.
    if (signIn === undefined || !allows(signIn, ownership)) throw notHere();
    if (tenant !== undefined && signIn.tenant !== tenant) throw notHere();
    return updateNeeded(info, signIn.minimums);
  }

  async begin(reason: SignInReason): Promise<{ readonly url: string; readonly pending: PendingSignIn }> {
    const { now, provider } = this.#deps;
    const { account, enrollmentId, hint, ownership, stored } =
      reason.kind === "enroll" ? await this.#toEnroll(reason) : await this.#anew(reason);
    const { secrets, url } = await provider.begin(this.#clientOf(stored), hint);
    const { id: signInId, tenant } = stored.signIn;
    const endsAt = now().getTime() + PENDING_MS;
    return { url, pending: { tenant, signInId, enrollmentId, ownership, account, secrets, endsAt } };
  }

  /** What the person who came back from the provider may do. */
  async finish(pending: PendingSignIn, query: string): Promise<AccountGrant> {
    const { database, now, provider } = this.#deps;
    const { account: expected, enrollmentId, ownership, secrets, signInId, tenant } = pending;
    if (pending.endsAt <= now().getTime()) throw refuse("account.sign_in_ended", "this took too long; sign in again");
    const [stored] = await database.tenant(tenant, (work) => findSignIns(work.sql, tenant, signInId));
    if (stored === undefined) throw notHere();
    const account = accountIn(await provider.finish(this.#clientOf(stored), query, secrets), stored.signIn);
    if (account === undefined)
      throw refuse("account.foreign", "the identity provider names no account of your organisation's domains");
    if (expected !== "" && account.toLowerCase() !== expected.toLowerCase())
      throw refuse("account.foreign", `this device belongs to ${expected}: sign in with that account`);
    const expiresAt = new Date(now().getTime() + stored.signIn.signInDays * DAY_MS);
    return { tenant, enrollmentId, ownership, account: expected === "" ? account : expected, expiresAt };
  }

  async #toEnroll({ account, domain, ownership }: SignInReason & { readonly kind: "enroll" }) {
    const stored = await this.#ofDomain(domain);
    if (stored === undefined || !allows(stored.signIn, ownership)) throw notHere();
    return { stored, ownership, enrollmentId: this.#deps.newId(), account: "", hint: account };
  }

  #anew({ enrollmentId, tenant }: SignInReason & { readonly kind: "anew" }) {
    return this.#deps.database.system(async (work) => {
      const enrollment = isUuid(enrollmentId) ? await lockAppleEnrollment(work.sql, tenant, enrollmentId) : undefined;
      if (enrollment === undefined || !isAccountDriven(enrollment)) throw notHere();
      const { managedAccount: account, ownership } = enrollment;
      const stored = await signInOfDomain(work.sql, domainOf(account));
      if (stored?.signIn.tenant !== tenant) throw notHere();
      return { stored, ownership, enrollmentId, account, hint: account };
    });
  }

  #ofDomain(domain: string): Promise<StoredSignIn | undefined> {
    return this.#deps.database.system((work) => signInOfDomain(work.sql, domain.toLowerCase()));
  }

  #clientOf({ clientSecret, signIn }: StoredSignIn): RelyingParty {
    const { clientId, issuer } = signIn;
    const secret = clientSecret && this.#deps.vault.open(secretPlace(signIn), clientSecret).toString();
    return { issuer, clientId, clientSecret: secret };
  }
}
