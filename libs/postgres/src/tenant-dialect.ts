import { CompiledQuery, PostgresDialect, PostgresDriver } from "kysely";
import { escapeLiteral, type Pool } from "pg";
import { schemaOf } from "./pool-name.ts";
import { type PreparedStatements, preparing } from "./prepared-statements.ts";
import { inStatementSpan } from "./statement-span.ts";

/** Begins each transaction as one tenant's, in one message: a statement of its own for that would be a round trip more. */
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

type Connection = Parameters<PostgresDriver["rollbackTransaction"]>[0];

class TenantDriver extends PostgresDriver {
  readonly #begin: string;
  readonly #schema: string;

  constructor(pool: Pool, tenant: string, statements: PreparedStatements) {
    super({ pool: preparing(pool, statements) });
    this.#schema = schemaOf(pool);
    this.#begin = `begin; set local muster.tenant = ${escapeLiteral(tenant)}`;
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
