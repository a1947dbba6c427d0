import { readEnvironment, text } from "@muster/host/environment";
import { createLogger } from "@muster/host/logging";
import { migrate } from "./migrate.ts";

/** What a service's src/migrate.ts runs: the migration step of an installation or upgrade. */
export async function runMigration(service: string, migrations: string): Promise<void> {
  const log = createLogger(`${service}-migrate`, "info");
  const config = readEnvironment(process.env, {
    adminUrl: ["MUSTER_ADMIN_DATABASE_URL", text],
    password: ["MUSTER_DATABASE_PASSWORD", text],
  });
  const applied = await migrate({ ...config, service, migrations });
  log.info({ applied }, "schema is up to date");
}
