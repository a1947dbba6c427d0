import { join } from "node:path";
import { runMigration } from "@muster/postgres/migrate-main";

await runMigration("notification", join(import.meta.dirname, "../migrations"));
