import { expectRevision } from "@muster/host/revision";
import type { Selectable, Transaction } from "kysely";
import type { SignInProvider } from "../domain/sign-in-provider.ts";
import type { GatewayTables, SignInProviderRow } from "./tables.ts";

/** A provider with its sealed client secret. */
export interface StoredProvider {
  readonly provider: SignInProvider;
  readonly clientSecret: Buffer | undefined;
  /** Whether it keeps its people here by SCIM. */
  readonly hasScim: boolean;
  readonly revision: number;
}

const storedOf = (row: Selectable<SignInProviderRow>): StoredProvider => ({
  clientSecret: row.client_secret ?? undefined,
  hasScim: row.scim_token_hash !== null,
  revision: row.revision,
  provider: {
    tenant: row.tenant,
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    scopes: row.scopes,
    groupsClaim: row.groups_claim,
    rolesOfGroups: row.roles_of_groups,
    createdAt: row.created_at,
  },
});

/** All of a tenant's, oldest first. */
export async function listProviders(sql: Transaction<GatewayTables>, tenant: string): Promise<StoredProvider[]> {
  const rows = await sql
    .selectFrom("sign_in_providers")
    .selectAll()
    .where("tenant", "=", tenant)
    .orderBy("id")
    .execute();
  return rows.map(storedOf);
}

/** The one with this id, of whichever tenant the transaction sees. */
export async function findProvider(sql: Transaction<GatewayTables>, id: string): Promise<StoredProvider | undefined> {
  const row = await sql.selectFrom("sign_in_providers").selectAll().where("id", "=", id).executeTakeFirst();
  return row && storedOf(row);
}

/** Writes a provider, new or changed; a change of one that is not at an expected revision is refused. */
export async function putProvider(
  sql: Transaction<GatewayTables>,
  { clientSecret, provider }: Pick<StoredProvider, "clientSecret" | "provider">,
  expected: readonly number[],
): Promise<number> {
  const kept = {
    name: provider.name,
    client_id: provider.clientId,
    client_secret: clientSecret ?? null,
    scopes: [...provider.scopes],
    groups_claim: provider.groupsClaim,
    roles_of_groups: JSON.stringify(provider.rolesOfGroups),
  };
  const { revision } = await sql
    .insertInto("sign_in_providers")
    .values({
      tenant: provider.tenant,
      id: provider.id,
      issuer: provider.issuer,
      created_at: provider.createdAt,
      ...kept,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant", "id"])
        .doUpdateSet(({ eb }) => ({ ...kept, revision: eb("sign_in_providers.revision", "+", 1) })),
    )
    .returning("revision")
    .executeTakeFirstOrThrow();
  expectRevision({ revision: revision - 1 }, expected);
  return revision;
}

/** The one whose SCIM token has this hash. */
export async function findProviderOfScimToken(
  sql: Transaction<GatewayTables>,
  hash: Buffer,
): Promise<StoredProvider | undefined> {
  const row = await sql
    .selectFrom("sign_in_providers")
    .selectAll()
    .where("scim_token_hash", "=", hash)
    .executeTakeFirst();
  return row && storedOf(row);
}

export async function setScimToken(
  sql: Transaction<GatewayTables>,
  { id, tenant }: SignInProvider,
  hash: Buffer | null,
): Promise<void> {
  await sql
    .updateTable("sign_in_providers")
    .set({ scim_token_hash: hash })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}

/** Whether there was one; one that is not at an expected revision is refused. */
export async function deleteProvider(
  sql: Transaction<GatewayTables>,
  { id, tenant }: Pick<SignInProvider, "tenant" | "id">,
  expected: readonly number[],
): Promise<boolean> {
  const row = await sql
    .deleteFrom("sign_in_providers")
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .returning("revision")
    .executeTakeFirst();
  if (row !== undefined) expectRevision(row, expected);
  return row !== undefined;
}
