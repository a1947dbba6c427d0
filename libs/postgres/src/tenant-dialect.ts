import { CompiledQuery, PostgresDialect, PostgresDriver } from "kysely";
import { escapeLiteral, type Pool } from "pg";

/** Begins each transaction as one tenant's, in one message: a statement of its own for that would be a round trip more. */
export class TenantDialect extends PostgresDialect {
  readonly #pool: Pool;
  readonly #tenant: string;

  constructor(pool: Pool, tenant: string) {
    super({ pool });
    this.#pool = pool;
    this.#tenant = tenant;
  }

  override createDriver(): PostgresDriver {
    return new TenantDriver(this.#pool, this.#tenant);
  }
}

type Connection = Parameters<PostgresDriver["rollbackTransaction"]>[0];

class TenantDriver extends PostgresDriver {
  readonly #begin: string;

  constructor(pool: Pool, tenant: string) {
    super({ pool });
    this.#begin = `begin; set local muster.tenant = ${escapeLiteral(tenant)}`;
  }

  override async beginTransaction(connection: Connection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw(this.#begin));
    } catch (error) {
      // The first half may have been done. A connection on which this fails too is not used again.
      await this.rollbackTransaction(connection).catch(() => undefined);
      throw error;
    }
  }
}
