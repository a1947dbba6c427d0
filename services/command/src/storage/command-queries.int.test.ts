import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { newIds } from "@muster/postgres/new-ids";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import type { Command } from "../domain/command.ts";
import { profileRemoval } from "../testing/profile-removal.ts";
import { type CommandFilter, listCommands } from "./command-queries.ts";
import { insertCommands } from "./commands.ts";
import type { CommandDatabase } from "./tables.ts";

const tenant = "acme";
const [one = "", other = ""] = newIds(2);

describe("the list of commands", () => {
  let server: TestDatabase<CommandDatabase>;
  /** Of one device and another in turn; of each six, two ended, and two are not Apple's. */
  let asked: readonly Command[];
  before(async () => {
    server = await startTestDatabase("command", join(import.meta.dirname, "../../migrations"));
    asked = newIds(24).map((id, place): Command => {
      const like = profileRemoval(tenant, { id, deviceId: place % 2 === 0 ? one : other });
      const kind = Math.trunc(place / 2) % 3;
      if (kind === 1) return { ...like, type: "refetch", apple: undefined };
      return kind === 2 ? { ...like, state: "cancelled", endedAt: like.createdAt } : like;
    });
    await server.database.tenant(tenant, (work) => insertCommands(work.sql, asked, { areHere: true }));
  });
  after(() => server.stop());

  const list = (filter: Partial<CommandFilter>, limit = 100) =>
    server.database.tenant(tenant, (work) =>
      listCommands(work.sql, tenant, { deviceId: undefined, state: undefined, beforeSeq: undefined, ...filter }, limit),
    );
  const newest = (fits: (command: Command) => boolean) =>
    asked
      .filter(fits)
      .map(({ id }) => id)
      .toReversed();

  it("is in the order of asking, the newest first, of all or of one device, in any state or in one", async () => {
    for (const deviceId of [undefined, one, other])
      for (const state of [undefined, "queued", "cancelled", "running"] as const)
        assert.deepEqual(
          (await list({ deviceId, state })).map(({ id }) => id),
          newest((c) => (deviceId ?? c.deviceId) === c.deviceId && (state ?? c.state) === c.state),
        );
  });

  it("is read in pages that leave nothing out", async () => {
    const pages: string[][] = [];
    for (let beforeSeq: string | undefined; ; ) {
      const page = await list({ deviceId: one, beforeSeq }, 5);
      if (page.length === 0) break;
      pages.push(page.map(({ id }) => id));
      beforeSeq = page.at(-1)?.seq;
    }
    assert.deepEqual(
      pages.map(({ length }) => length),
      [5, 5, 2],
    );
    assert.deepEqual(
      pages.flat(),
      newest(({ deviceId }) => deviceId === one),
    );
  });
});
