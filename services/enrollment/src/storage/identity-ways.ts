import { expectRevision } from "@muster/host/revision";
import type { Transaction } from "kysely";
import type { IdentityWay } from "../domain/apple/identity-way.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

export interface KeptIdentityWay {
  readonly way: IdentityWay;
  /** 0 until somebody has set it. */
  readonly revision: number;
}

/** Over what the devices of a tenant get their certificates. */
export async function findIdentityWay(connection: Connection, tenant: string): Promise<KeptIdentityWay> {
  const row = await connection
    .selectFrom("apple_identity_ways")
    .select(["way", "revision"])
    .where("tenant", "=", tenant)
    .executeTakeFirst();
  return row ?? { way: "scep", revision: 0 };
}

/** Sets it, as long as it is at an expected revision. */
export async function saveIdentityWay(
  connection: Connection,
  tenant: string,
  { at, expected, way }: { readonly way: IdentityWay; readonly at: Date; readonly expected: readonly number[] },
): Promise<KeptIdentityWay> {
  const { revision } = await connection
    .insertInto("apple_identity_ways")
    .values({ tenant, way, changed_at: at })
    .onConflict((conflict) =>
      conflict
        .column("tenant")
        .doUpdateSet(({ eb }) => ({ way, changed_at: at, revision: eb("apple_identity_ways.revision", "+", 1) })),
    )
    .returning("revision")
    .executeTakeFirstOrThrow();
  expectRevision({ revision: revision - 1 }, expected);
  return { way, revision };
}
