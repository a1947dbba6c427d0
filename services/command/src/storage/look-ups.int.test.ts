import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { newIds } from "@muster/postgres/new-ids";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql, type Transaction } from "kysely";
import type { Command } from "../domain/command.ts";
import { profileRemoval } from "../testing/profile-removal.ts";
import { putAppleChannels, type VersionedAppleChannel } from "./apple-channels.ts";
import { lockNext, lockSuperseded } from "./apple-commands.ts";
import { findVisitors } from "./apple-visitors.ts";
import { insertCommands, lockDeliverable, lockDue, lockOpen } from "./commands.ts";
import type { CommandDatabase } from "./tables.ts";

const tenant = "acme";
const DEVICES = 40;
const FOR_EACH = 25;
const deviceIds = newIds(DEVICES);
const now = new Date();
const channels = newIds(DEVICES).map(
  (enrollmentId, place): VersionedAppleChannel => ({
    tenant,
    deviceId: deviceIds[place] ?? "",
    enrollmentId,
    epoch: 1,
    enrolled: true,
    hardwareId: "",
    platform: "macos",
    osVersion: "",
    supervised: false,
    automated: false,
    personal: false,
    accessRights: 0,
    awaitingConfiguration: false,
    accountDriven: false,
    inventoryAt: undefined,
    seenAt: undefined,
    version: 1,
  }),
);

/** So many for each device. */
const commandsFor = (how: Partial<Command> = {}): Command[] =>
  newIds(DEVICES * FOR_EACH).map((id, place) => ({
    ...profileRemoval(tenant, { id, deviceId: deviceIds[place % DEVICES] ?? "", supersedeKey: `key ${place}` }),
    ...how,
  }));

describe("what a device has open, when nothing was open as Postgres last looked", () => {
  let server: TestDatabase<CommandDatabase>;
  before(async () => {
    server = await startTestDatabase("command", join(import.meta.dirname, "../../migrations"));
    await add(commandsFor({ state: "cancelled", endedAt: now }));
    await server.database.tenant(tenant, (work) => putAppleChannels(work.sql, channels));
    await server.asOwner("vacuum analyze command.commands, command.apple_channels");
    await add(commandsFor());
    await add(commandsFor({ type: "refetch", apple: undefined }));
  });
  after(() => server.stop());

  const add = (commands: readonly Command[]) =>
    server.database.tenant(tenant, (work) => insertCommands(work.sql, commands, { areHere: true }));

  const rowsRead = async (db: Transaction<CommandDatabase>): Promise<number> => {
    const { rows } = await sql<{ read: number }>`
      select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables
      where relid = 'command.commands'::regclass`.execute(db);
    return rows[0]?.read ?? 0;
  };
  /** How many rows of commands a look-up read, and how many commands it found. */
  const look = (find: (db: Transaction<CommandDatabase>) => Promise<Iterable<unknown>>) =>
    server.database.tenant(tenant, async ({ sql: db }) => {
      const before = await rowsRead(db);
      const found = await find(db);
      return { found: [...found].length, read: (await rowsRead(db)) - before };
    });
  const keys = deviceIds.map((deviceId) => ({ tenant, deviceId }));

  it("is what Apple's channel reads, of those that come, to hand each its next", async () => {
    const asking = channels.map((channel) => ({ channel, userId: "", fresh: true }));
    const { found, read } = await look((db) => lockNext(db, asking, 1, now));
    assert.equal(found, DEVICES);
    assert.ok(read <= 2 * DEVICES, `${read} rows were read`);
  });

  it("is what Apple's channel reads to know whether there is something to do", async () => {
    const { found, read } = await look(async (db) =>
      [...(await findVisitors(db, channels, now)).values()].filter(({ asked }) => asked),
    );
    assert.equal(found, DEVICES);
    assert.ok(read <= 2 * DEVICES, `${read} rows were read`);
  });

  it("is what an agent's check-in reads", async () => {
    const { found, read } = await look((db) => lockDeliverable(db, keys.slice(0, 2), now));
    assert.equal(found, 2 * 10);
    assert.ok(read <= 2 * FOR_EACH, `${read} rows were read`);
  });

  it("is what a newer command reads to take the place of an older one", async () => {
    const [id = ""] = newIds(1);
    const [deviceId = ""] = deviceIds;
    const { found, read } = await look((db) =>
      lockSuperseded(db, [{ tenant, deviceId, userId: "", supersedeKey: "key 0", id }]),
    );
    assert.equal(found, 1);
    assert.ok(read <= 2 * FOR_EACH, `${read} rows were read`);
  });

  it("is what is read when a device leaves", async () => {
    const { found, read } = await look((db) => lockOpen(db, keys.slice(0, 1)));
    assert.equal(found, 2 * FOR_EACH);
    // Each is found, and then read by its key to be locked.
    assert.ok(read <= 4 * FOR_EACH, `${read} rows were read`);
  });

  it("and the sweep reads what is due, and no more", async () => {
    const { found, read } = await look((db) => lockDue(db, new Date(now.getTime() + 3_600_000), 5));
    assert.equal(found, 5);
    assert.ok(read <= 10, `${read} rows were read`);
  });
});
