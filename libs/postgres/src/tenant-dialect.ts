import { CompiledQuery, type Kysely, PostgresDialect, PostgresDriver, sql } from "kysely";
import { escapeLiteral, type Pool } from "pg";
import { schemaOf } from "./pool-name.ts";
import { type PreparedStatements, preparing } from "./prepared-statements.ts";
import { inStatementSpan } from "./statement-span.ts";

/** Begins each transaction as one tenant's, or as all tenants', in one message: a statement of its own would be a round trip more. */
export class TenantDialect extends PostgresDialect {
  readonly #pool: Pool;
  readonly #tenant: string;
  readonly #statements: PreparedStatements;

  constructor(pool: Pool, tenant: string, statements: PreparedStatements) {
    super({ pool });
    this.#pool = pool;
    this.#tenant = tenant;
    this.#statements = statements;
  }

  override createDriver(): PostgresDriver {
    return new TenantDriver(this.#pool, this.#tenant, this.#statements);
  }
}

/** The tenant of what is done for all of them. */
export const ALL_TENANTS = "*";

/**
 * Sweeps and projections look rows up by keys, and their plans are kept: one that was made while a table was empty would read all
 * of it once it has filled.
 */
const BY_INDEX = "; set local enable_seqscan = off";

/** For a statement of all tenants' that is meant to read a table as a whole. */
export const allowScans = <DB>(db: Kysely<DB>): Promise<unknown> => sql`set local enable_seqscan = on`.execute(db);

type Connection = Parameters<PostgresDriver["rollbackTransaction"]>[0];

class TenantDriver extends PostgresDriver {
  readonly #begin: string;
  readonly #schema: string;

  constructor(pool: Pool, tenant: string, statements: PreparedStatements) {
    super({ pool: preparing(pool, statements) });
    this.#schema = schemaOf(pool);
    const plans = tenant === ALL_TENANTS ? BY_INDEX : "";
    this.#begin = `begin; set local muster.tenant = ${escapeLiteral(tenant)}${plans}`;
  }

  /** The connection is this transaction's own object, over a client of the pool. */
  override async acquireConnection(
    options?: Parameters<PostgresDriver["acquireConnection"]>[0],
  ): ReturnType<PostgresDriver["acquireConnection"]> {
    const connection = await super.acquireConnection(options);
    const run: typeof connection.executeQuery = connection.executeQuery.bind(connection);
    connection.executeQuery = (query, abortable) =>
      inStatementSpan(query.sql, this.#schema, () => run(query, abortable));
    return connection;
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
