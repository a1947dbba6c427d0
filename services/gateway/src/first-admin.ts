import { randomBytes } from "node:crypto";
import { readEnvironment, text } from "@muster/host/environment";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { openPool } from "@muster/postgres/pool";
import { ServiceDatabase } from "@muster/postgres/service-database";
import type { GatewayTables } from "./storage/tables.ts";
import { createFirstAdmin } from "./usecases/create-first-admin.ts";

// Prints one line of JSON: the administrator's credentials, this once, or that there is one already.
const log = createLogger("gateway-first-admin", "warn");
const lifecycle = new Lifecycle(log);
const { url } = readEnvironment(process.env, { url: ["MUSTER_DATABASE_URL", text] });
const pool = openPool({ url, schema: "gateway", log, lifecycle, max: 1 });
try {
  const password = randomBytes(15).toString("base64url");
  const created = await createFirstAdmin(new ServiceDatabase<GatewayTables>(pool), password, new Date());
  process.stdout.write(`${JSON.stringify(created ?? { exists: true })}\n`);
} finally {
  await pool.end();
}
