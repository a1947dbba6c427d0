import { join } from "node:path";
import { runMigration } from "@muster/postgres/migrate-main";

await runMigration("command", join(import.meta.dirname, "../migrations"));
