import type { Platform } from "@muster/deploy/local/platform";
import { Client } from "pg";

/** Looks into a platform's database as its superuser. */
export async function withDatabase<T>({ urls }: Platform, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: urls.database });
  // A session that is cut in the middle makes its query fail, and that is told there.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
