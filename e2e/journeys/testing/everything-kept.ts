import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";

/** Every row of every table of the platform's database, and every log in its data folder, as text. */
export async function everythingKept(databaseUrl: string, dataDir: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
      texts.push(...rows.map(({ text }) => text));
    }
    const logs = join(dataDir, "logs");
    for (const file of await readdir(logs)) texts.push(await readFile(join(logs, file), "utf8"));
    return texts.join("\n");
  } finally {
    await client.end();
  }
}

/** The forms in which a secret would lie about in clear: as it is, as base64, and as Postgres shows bytes. */
export const formsOf = (secret: string | Buffer): string[] => {
  const bytes = Buffer.from(secret);
  return [bytes.toString("utf8"), bytes.toString("base64"), bytes.toString("hex")];
};
