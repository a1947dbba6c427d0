import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { newIds } from "@muster/postgres/new-ids";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql, type Transaction } from "kysely";
import type { Command, CommandResult } from "../domain/command.ts";
import { profileRemoval } from "../testing/profile-removal.ts";
import { putAppleChannels, type VersionedAppleChannel } from "./apple-channels.ts";
import { cancelEarlierEpochs, forgetPutOff, lockNext, lockSuperseded } from "./apple-commands.ts";
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

const ended: CommandResult = {
  exitCode: undefined,
  output: "",
  outputTruncated: false,
  reason: "reenrolled",
  startedAt: undefined,
  endedAt: undefined,
  apple: undefined,
};

/** So many for each device. */
const commandsFor = (how: Partial<Command> = {}): Command[] =>
  newIds(DEVICES * FOR_EACH).map((id, place) => ({
    ...profileRemoval(tenant, { id, deviceId: deviceIds[place % DEVICES] ?? "", supersedeKey: `key ${place}` }),
    ...how,
  }));

const byUdid = channels.map((channel) => ({ channel, userId: "", fresh: true }));
const [deviceId = "", other = ""] = deviceIds;
const keysOf = (ids: readonly string[]) => ids.map((id) => ({ tenant, deviceId: id }));
const [newer = ""] = newIds(1);
type Find = (db: Transaction<CommandDatabase>, of?: number) => Promise<Iterable<unknown>>;

/**
 * Each look-up, of so many devices where it may be of many; how many commands or devices it finds; and how many rows of commands
 * and owed pushes it may read for that.
 */
const lookUps: readonly { what: string; find: Find; found: number; mayRead: number }[] = [
  {
    what: "is what Apple's channel reads, of those that come, to hand each its next",
    find: (db, of) => lockNext(db, byUdid.slice(0, of), 1, now),
    found: DEVICES,
    mayRead: 2 * DEVICES,
  },
  {
    what: "is what Apple's channel reads to know whether there is something to do",
    find: async (db, of) =>
      [...(await findVisitors(db, channels.slice(0, of), now)).values()].filter(({ asked, owed }) => asked && owed),
    found: DEVICES,
    mayRead: 3 * DEVICES,
  },
  {
    what: "is what an agent's check-in reads",
    find: (db) => lockDeliverable(db, keysOf([deviceId, other]), now),
    found: 2 * 10,
    mayRead: 2 * FOR_EACH,
  },
  {
    what: "is what a newer command reads to take the place of an older one",
    find: (db) => lockSuperseded(db, [{ tenant, deviceId, userId: "", supersedeKey: "key 0", id: newer }]),
    found: 1,
    mayRead: 2 * FOR_EACH,
  },
  {
    what: "is what is read when a device leaves",
    find: (db) => lockOpen(db, keysOf([deviceId])),
    found: 2 * FOR_EACH,
    // Each is found, and then read by its key to be locked.
    mayRead: 4 * FOR_EACH,
  },
  {
    what: "is what is read when what was put off is offered again",
    find: async (db) => {
      await forgetPutOff(db, byUdid.slice(0, 1));
      return [];
    },
    found: 0,
    mayRead: FOR_EACH,
  },
  {
    what: "is what is read when a device has enrolled again",
    find: async (db) => {
      const cancelled = await cancelEarlierEpochs(db, [{ tenant, deviceId, epoch: 2 }], ended, now);
      return cancelled.flatMap(({ members }) => members);
    },
    found: FOR_EACH,
    // Each is found, locked, and written.
    mayRead: 4 * FOR_EACH,
  },
  {
    what: "is not what the sweep reads, which is what is due",
    find: (db) => lockDue(db, new Date(now.getTime() + 3_600_000), 5),
    found: 5,
    mayRead: 10,
  },
];

const states: Readonly<Record<string, (database: TestDatabase<CommandDatabase>) => Promise<void>>> = {
  "when nothing was open as Postgres last looked": async (server) => {
    await fill(server);
    await server.asOwner("vacuum analyze command.commands, command.apple_channels, command.apple_push_dues");
    await look(server);
  },
  "when there was nothing at all as plans were made": async (server) => {
    await look(server);
    await fill(server);
  },
};

/** What there is of a past: devices, and commands that have ended. */
async function fill(server: TestDatabase<CommandDatabase>): Promise<void> {
  await add(server, commandsFor({ state: "cancelled", endedAt: now }));
  await server.database.tenant(tenant, (work) => putAppleChannels(work.sql, channels));
}

/** Looks after one device, so often that the connection keeps the plans. */
async function look(server: TestDatabase<CommandDatabase>): Promise<void> {
  for (let turn = 0; turn < 110; turn++)
    await server.database.system(async (work) => {
      for (const { find } of lookUps) await find(work.sql, 1);
    });
}

const add = (server: TestDatabase<CommandDatabase>, commands: readonly Command[]) =>
  server.database.tenant(tenant, (work) => insertCommands(work.sql, commands));

for (const [when, prepare] of Object.entries(states))
  describe(`what a device has open, ${when},`, () => {
    let server: TestDatabase<CommandDatabase>;
    before(async () => {
      server = await startTestDatabase("command", join(import.meta.dirname, "../../migrations"));
      await prepare(server);
      await add(server, commandsFor());
      await add(server, commandsFor({ type: "refetch", apple: undefined }));
    });
    after(() => server.stop());

    const rowsRead = async (db: Transaction<CommandDatabase>): Promise<number> => {
      const { rows } = await sql<{ read: number }>`
        select sum(seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables
        where relid in ('command.commands'::regclass, 'command.apple_push_dues'::regclass)`.execute(db);
      return rows[0]?.read ?? 0;
    };

    for (const { find, found, mayRead, what } of lookUps)
      it(what, () =>
        server.database.system(async ({ sql: db }) => {
          const before = await rowsRead(db);
          assert.equal([...(await find(db))].length, found);
          const read = (await rowsRead(db)) - before;
          assert.ok(read <= mayRead, `${read} rows were read`);
        }),
      );
  });
