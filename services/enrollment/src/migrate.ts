import { join } from "node:path";
import { runMigration } from "@muster/postgres/migrate-main";

await runMigration("enrollment", join(import.meta.dirname, "../migrations"));
