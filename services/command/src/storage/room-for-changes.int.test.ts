import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { newIds } from "@muster/postgres/new-ids";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import { PRIORITIES } from "../domain/apple/apple-work.ts";
import { advance } from "../domain/evolve.ts";
import { newCommand } from "../domain/new-command.ts";
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
  const createdAt = new Date();
  const commands = newIds(400).map((id) =>
    newCommand({
      tenant,
      deviceId: id,
      id,
      type: "apple",
      script: undefined,
      apple: {
        requestType: "RemoveProfile",
        userId: "",
        epoch: 1,
        priority: PRIORITIES.configuration,
        supersedeKey: `RemoveProfile/com.example.${id}`,
        putOff: false,
        bodyId: id,
      },
      createdBy: "ada@example.com",
      reason: "the network is gone",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      createdAt,
      expiresAt: new Date(createdAt.getTime() + 60_000),
    }),
  );
  const asked = await server.database.tenant(tenant, (work) => insertCommands(work.sql, commands));
  const before = await pages();
  assert.ok(new Set(before.values()).size > 10);
  const handOut = { kind: "hand_out_apple", ineligible: undefined } as const;
  const delivered = asked.map((command) => advance(command, handOut, createdAt).after);
  await server.database.tenant(tenant, (work) => saveCommands(work.sql, delivered));
  assert.deepEqual(await pages(), before);
});
