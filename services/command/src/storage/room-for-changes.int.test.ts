import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { newIds } from "@muster/postgres/new-ids";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import { advance } from "../domain/evolve.ts";
import { profileRemoval } from "../testing/profile-removal.ts";
import { insertCommands, saveCommands } from "./commands.ts";
import type { CommandDatabase } from "./tables.ts";

const MIGRATIONS = join(import.meta.dirname, "../../migrations");
const tenant = "acme";

let server: TestDatabase<CommandDatabase>;
before(async () => {
  server = await startTestDatabase("command", MIGRATIONS);
});
after(() => server.stop());

/** By id, the page that holds a command's row. */
const pages = () =>
  server.database.tenant(tenant, async (work) => {
    const { rows } = await sql<{ id: string; page: string }>`
      select id, split_part(ctid::text, ',', 1) as page from commands`.execute(work.sql);
    return new Map(rows.map(({ id, page }) => [id, page]));
  });

it("commands that are all handed out at once stay on their pages, so that no index is written for it", async () => {
  const commands = newIds(400).map((id) =>
    profileRemoval(tenant, {
      deviceId: id,
      id,
      bodyId: id,
      supersedeKey: `RemoveProfile/com.example.${id}`,
      reason: "the network is gone",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }),
  );
  const asked = await server.database.tenant(tenant, (work) => insertCommands(work.sql, commands));
  const before = await pages();
  assert.ok(new Set(before.values()).size > 10);
  const handOut = { kind: "hand_out_apple", ineligible: undefined } as const;
  const delivered = asked.map((command) => advance(command, handOut, command.createdAt).after);
  await server.database.tenant(tenant, (work) => saveCommands(work.sql, delivered));
  assert.deepEqual(await pages(), before);
});
