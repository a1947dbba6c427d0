import { join } from "node:path";
import { runMigration } from "@muster/postgres/migrate-main";

await runMigration("inventory", join(import.meta.dirname, "../migrations"));
