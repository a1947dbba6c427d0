import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bodyOf } from "@muster/eventbus/event-message";
import { newIds } from "@muster/postgres/new-ids";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import { MAX, NIL } from "uuid";
import type { Command } from "../../domain/command.ts";
import type { VersionedAppleChannel } from "../../storage/apple-channels.ts";
import { lockNext } from "../../storage/apple-commands.ts";
import { insertCommands, lockAppleByIds } from "../../storage/commands.ts";
import type { CommandDatabase } from "../../storage/tables.ts";
import { profileRemoval } from "../../testing/profile-removal.ts";
import { commandMessage } from "../command-message.ts";
import { endEarlierEpochs } from "./end-earlier-epochs.ts";
import { keepAppleChannels } from "./keep-channels.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../migrations");
const tenant = "acme";
const like = profileRemoval(tenant);
const ENDED = new Date("2026-01-02T03:04:05.678Z");

describe("what devices had open that enroll again", () => {
  let server: TestDatabase<CommandDatabase>;
  before(async () => {
    server = await startTestDatabase("command", MIGRATIONS);
    // As a relay takes office, which reads what is written together.
    await server.asOwner("update command.outbox_cursor set alike_epoch = epoch");
  });
  after(() => server.stop());

  let woken = 0;
  const told = (deviceIds: readonly string[], epoch: number) =>
    server.database.tenant(tenant, (work) =>
      keepAppleChannels(
        work,
        deviceIds.map((deviceId) => channelOf(deviceId, epoch)),
        () => woken++,
      ),
    );
  const endEarlier = () => endEarlierEpochs({ database: server.database, now: () => ENDED })();
  const ask = (commands: readonly Command[]) =>
    server.database.tenant(tenant, (work) => insertCommands(work.sql, commands, { areHere: true }));
  const events = async (deviceId: string) => {
    const { rows } = await server.pool.query<{ type: string; body: string }>(
      "select type, body from outbox_events($1, $2) where device_id = $3 order by xid, seq",
      [NIL, MAX, deviceId],
    );
    return rows;
  };

  it("is cancelled, and each is told in the order of asking, whether it is like its neighbours or not", async () => {
    const [one = "", two = "", other = ""] = newIds(3);
    await told([one, two, other], 1);
    const reasons = ["a", "b", "a", ...Array.from({ length: 120 }, () => "many alike"), "c", "b"];
    const asked = (deviceId: string) =>
      newIds(reasons.length).map((id, place): Command => ({ ...like, id, deviceId, reason: reasons[place] ?? "" }));
    const [ofOne, ofTwo, ofOther] = [asked(one), asked(two), asked(other)];
    await ask([...ofOne, ...ofTwo, ...ofOther]);
    await told([one, two], 2);
    await endEarlier();
    for (const [deviceId, commands] of [
      [one, ofOne],
      [two, ofTwo],
    ] as const) {
      const now = await server.database.tenant(tenant, (work) => lockAppleByIds(work.sql, commands));
      assert.deepEqual(
        now.map(({ endedAt, id, result, state, version }) => [id, state, endedAt, result?.reason, version]),
        commands.map(({ id }) => [id, "cancelled", ENDED, "unenrolled", 2]),
      );
      assert.deepEqual(
        await events(deviceId),
        now.map((command) => ({
          type: "muster.command.v1.CommandCancelled",
          body: bodyOf("muster.command.v1.CommandCancelled", { command: commandMessage(command) }),
        })),
      );
    }
    assert.deepEqual(await events(other), []);
    const { rows } = await server.database.tenant(tenant, (work) =>
      sql`select from commands where device_id = ${other} and ended_at is null`.execute(work.sql),
    );
    assert.equal(rows.length, reasons.length);
  });

  it("is handed to nobody before it is cancelled, which begins when the channel is kept", async () => {
    const [deviceId = "", id = ""] = newIds(2);
    const next = (epoch: number) =>
      server.database.tenant(tenant, async (work) => {
        const asking = { channel: channelOf(deviceId, epoch), userId: "", fresh: true };
        return (await lockNext(work.sql, [asking], 1, like.createdAt)).map((command) => command.id);
      });
    await told([deviceId], 1);
    await ask([{ ...like, id, deviceId }]);
    assert.deepEqual(await next(1), [id]);
    const before = woken;
    await told([deviceId], 2);
    assert.equal(woken, before + 1);
    assert.deepEqual(await next(2), []);
    await told([deviceId], 2);
    assert.equal(woken, before + 1);
    await endEarlier();
    assert.equal((await events(deviceId)).length, 1);
    await endEarlier();
    assert.equal((await events(deviceId)).length, 1);
  });
});

const channelOf = (deviceId: string, epoch: number): VersionedAppleChannel => ({
  tenant,
  deviceId,
  enrollmentId: deviceId,
  epoch,
  enrolled: true,
  hardwareId: deviceId,
  platform: "macos",
  osVersion: "15.1",
  supervised: true,
  automated: true,
  personal: false,
  accessRights: 8_191,
  awaitingConfiguration: false,
  accountDriven: false,
  inventoryAt: undefined,
  seenAt: undefined,
  version: epoch,
});
