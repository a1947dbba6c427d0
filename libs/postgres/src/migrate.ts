import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";

const BACKBONE = join(import.meta.dirname, "../migrations");

export interface MigrateOptions {
  /** A connection that may create roles and schemas. */
  readonly adminUrl: string;
  /** The service; its schema has the same name, its role is muster_<service>. */
  readonly service: string;
  /** The password the service's role gets. */
  readonly password: string;
  /** The folder of the service's own migrations: 0001_name.sql and so on. */
  readonly migrations: string;
}

interface Migration {
  readonly name: string;
  readonly sql: string;
}

/**
 * Makes the service's role and schema and applies what is missing, each file in a transaction of its own, in order.
 * Two at once settle it by a lock: the second finds everything done. Returns the names it applied.
 */
export async function migrate({ adminUrl, service, password, migrations }: MigrateOptions): Promise<string[]> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  const role = `muster_${service}`;
  try {
    await client.query("select pg_advisory_lock(hashtext('muster.migrate'))");
    await prepareRole(client, role, password);
    await client.query(`create schema if not exists ${client.escapeIdentifier(service)}`);
    await client.query(`set search_path to ${client.escapeIdentifier(service)}`);
    await client.query(
      "create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())",
    );
    const { rows } = await client.query<{ name: string }>("select name from schema_migrations");
    const done = new Set(rows.map((row) => row.name));
    const applied: string[] = [];
    for (const migration of await readMigrations(migrations)) {
      if (done.has(migration.name)) continue;
      await applyOne(client, migration);
      applied.push(migration.name);
    }
    await outliveCluster(client);
    await grant(client, service, role);
    return applied;
  } finally {
    await client.end();
  }
}

const DUPLICATE_OBJECT = "42710";
const UNIQUE_VIOLATION = "23505";

// Roles belong to the whole cluster, the lock above to one database: another database's migration may be making the same.
async function prepareRole(client: Client, role: string, password: string): Promise<void> {
  const { rows } = await client.query("select 1 from pg_roles where rolname = $1", [role]);
  const verb = rows.length === 0 ? "create" : "alter";
  const [name, secret] = [client.escapeIdentifier(role), client.escapeLiteral(password)];
  try {
    await client.query(`${verb} role ${name} with login nosuperuser nobypassrls password ${secret}`);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const raced = code === DUPLICATE_OBJECT || code === UNIQUE_VIOLATION || message.includes("concurrently updated");
    if (!raced) throw error;
    await prepareRole(client, role, password);
  }
}

async function applyOne(client: Client, { name, sql }: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query(sql);
    await client.query("insert into schema_migrations (name) values ($1)", [name]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw new Error(`migration ${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** In one transaction: half-moved, what is kept would stand in no order at all. */
async function outliveCluster(client: Client): Promise<void> {
  await client.query("begin");
  try {
    await client.query("select outlive_cluster()");
    const { rows } = await client.query("select to_regprocedure('outlive_cluster_too()') as own");
    if (rows[0]?.own !== null) await client.query("select outlive_cluster_too()");
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

/** The role may read and write rows of its own schema, and nothing else anywhere. */
async function grant(client: Client, schema: string, role: string): Promise<void> {
  const [s, r] = [client.escapeIdentifier(schema), client.escapeIdentifier(role)];
  await client.query(`
    grant usage on schema ${s} to ${r};
    grant select, insert, update, delete on all tables in schema ${s} to ${r};
    grant usage, select on all sequences in schema ${s} to ${r};
    grant execute on all functions in schema ${s} to ${r};
    revoke insert, update, delete on ${s}.schema_migrations from ${r};`);
  await client.query(`alter function ${s}.maintain_outbox(integer) set search_path to ${s}, pg_temp`);
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const read = async (from: string, prefix: string) =>
    Promise.all(
      (await readdir(from))
        .filter((file) => file.endsWith(".sql"))
        .sort()
        .map(async (file) => ({
          name: `${prefix}${file.replace(".sql", "")}`,
          sql: await readFile(join(from, file), "utf8"),
        })),
    );
  return [...(await read(BACKBONE, "backbone/")), ...(await read(folder, ""))];
}

/** The names of the migrations a service needs before it can run. */
export const requiredMigrations = async (folder: string): Promise<string[]> =>
  (await readMigrations(folder)).map(({ name }) => name);
