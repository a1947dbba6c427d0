import type { ServiceDatabase } from "@muster/postgres/service-database";
import { isUniqueViolation } from "@muster/postgres/sqlstate";
import type { Vault } from "@muster/vault/vault";
import type { Transaction } from "kysely";
import { validate as isUuid, v7 as uuidv7 } from "uuid";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { isBuiltIn } from "../domain/roles.ts";
import { hashSecret, newScimToken } from "../domain/secrets.ts";
import { checkProvider, type GivenProvider, type SignInProvider } from "../domain/sign-in-provider.ts";
import { ownRoleNames, refuseRole } from "../storage/roles.ts";
import {
  deleteProvider,
  findProvider,
  findProviderOfScimToken,
  listProviders,
  putProvider,
  type StoredProvider,
  setScimToken,
} from "../storage/sign-in-providers.ts";
import type { GatewayTables } from "../storage/tables.ts";

export interface SignInProvidersDeps {
  readonly database: ServiceDatabase<GatewayTables>;
  readonly vault: Vault;
  /** The identity providers that the platform's operator lets tenants name. */
  readonly issuers: readonly string[];
  readonly now: () => Date;
}

/** What an administrator gives. */
export interface GivenWithSecret extends GivenProvider {
  /** Empty leaves the one that is kept, if any. */
  readonly clientSecret: string;
}

/** One that is kept. */
export interface KeptProvider {
  readonly id: string;
  /** The revisions that it may have; none means whichever it has. */
  readonly expected: readonly number[];
}

export const secretPlace = ({ id, tenant }: StoredProvider["provider"]): string => `${tenant}/sign-in-provider/${id}`;

const MAPPED = "map a group to";

const unknown = (id: string) => refuse("sign_in.provider_unknown", `there is no sign-in provider ${id}`);

/** The OpenID providers with which a tenant's people sign in. */
export class SignInProviders {
  readonly #deps: SignInProvidersDeps;

  constructor(deps: SignInProvidersDeps) {
    this.#deps = deps;
  }

  list(tenant: string): Promise<StoredProvider[]> {
    return this.#deps.database.tenant(tenant, (work) => listProviders(work.sql, tenant));
  }

  create(given: GivenWithSecret, principal: Principal): Promise<StoredProvider> {
    return this.#put(given, principal, { expected: [] });
  }

  /** @param kept the one to change, and the revisions that it may have. */
  update(given: GivenWithSecret, principal: Principal, kept: KeptProvider): Promise<StoredProvider> {
    return this.#put(given, principal, kept);
  }

  /** Whoever has the token puts people into groups, and so gives each role that a group is mapped to. */
  async createScimToken(id: string, principal: Principal): Promise<string> {
    const token = newScimToken();
    await this.#setScimToken(id, principal, hashSecret(token));
    return token;
  }

  deleteScimToken(id: string, principal: Principal): Promise<void> {
    return this.#setScimToken(id, principal, null);
  }

  async ofScimToken(token: string): Promise<SignInProvider | undefined> {
    const stored = await this.#deps.database.system((work) => findProviderOfScimToken(work.sql, hashSecret(token)));
    return stored?.provider;
  }

  async delete(tenant: string, { expected, id }: KeptProvider): Promise<void> {
    const isGone =
      isUuid(id) &&
      (await this.#deps.database.tenant(tenant, (work) => deleteProvider(work.sql, { tenant, id }, expected)));
    if (!isGone) throw unknown(id);
  }

  #setScimToken(id: string, principal: Principal, hash: Buffer | null): Promise<void> {
    return this.#deps.database.tenant(principal.tenant, async ({ sql }) => {
      const known = isUuid(id) ? await findProvider(sql, id) : undefined;
      if (known === undefined) throw unknown(id);
      for (const { role } of known.provider.rolesOfGroups)
        await refuseRole(sql, principal, role, "let a provider give");
      await setScimToken(sql, known.provider, hash);
    });
  }

  /** The provider as it would be kept. */
  check(id: string, given: GivenWithSecret, principal: Principal): Promise<StoredProvider> {
    return this.#deps.database.tenant(principal.tenant, async ({ sql }) => {
      const stored = await this.#stored(sql, given, principal, id === "" ? undefined : id);
      const own = await ownRoleNames(sql, principal.tenant);
      for (const { role } of stored.provider.rolesOfGroups)
        if (isBuiltIn(role) || own.includes(role)) await refuseRole(sql, principal, role, MAPPED);
      return stored;
    });
  }

  async #put(
    given: GivenWithSecret,
    principal: Principal,
    { expected, id }: Partial<Pick<KeptProvider, "id">> & Pick<KeptProvider, "expected">,
  ): Promise<StoredProvider> {
    try {
      return await this.#deps.database.tenant(principal.tenant, async ({ sql }) => {
        const stored = await this.#stored(sql, given, principal, id);
        for (const { role } of stored.provider.rolesOfGroups) await refuseRole(sql, principal, role, MAPPED);
        return { ...stored, revision: await putProvider(sql, stored, expected) };
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw refuse("sign_in.provider_taken", `there is a sign-in provider of the issuer ${given.issuer} already`);
    }
  }

  async #stored(
    sql: Transaction<GatewayTables>,
    { clientSecret, ...given }: GivenWithSecret,
    { tenant }: Principal,
    id: string | undefined,
  ): Promise<StoredProvider> {
    const { issuers, now, vault } = this.#deps;
    const checked = checkProvider(given, issuers);
    const known = id === undefined || !isUuid(id) ? undefined : await findProvider(sql, id);
    if (id !== undefined && known === undefined) throw unknown(id);
    if (known !== undefined && known.provider.issuer !== checked.issuer)
      throw refuse("sign_in.bad_provider", "the issuer of a provider stays; add another provider instead");
    const { createdAt, id: ownId } = known?.provider ?? { id: uuidv7(), createdAt: now() };
    const provider = { ...checked, tenant, id: ownId, createdAt };
    const sealed =
      clientSecret === "" ? known?.clientSecret : vault.seal(secretPlace(provider), Buffer.from(clientSecret));
    return { provider, clientSecret: sealed, hasScim: known?.hasScim ?? false, revision: known?.revision ?? 0 };
  }
}
