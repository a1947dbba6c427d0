import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { type Held, HeldChannels } from "./held-channels.ts";

const PING_MS = 30_000;

class Connection implements Held {
  readonly tenant = "acme";
  readonly deviceId: string;
  readonly heard: string[] = [];
  stalled = false;

  constructor(deviceId: string) {
    this.deviceId = deviceId;
  }

  isStalled = () => this.stalled;
  ping = () => void this.heard.push("ping");
  wake = (work: string) => void this.heard.push(work);
  end = () => void this.heard.push("end");
  drop = () => void this.heard.push("drop");
}

describe("held connections", () => {
  const withChannels = (limit: number, use: (channels: HeldChannels) => void) => {
    mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
    const channels = new HeldChannels({ name: "test", pingMs: PING_MS, limit, spreadMs: 3_000 });
    try {
      use(channels);
    } finally {
      channels.close();
      mock.timers.reset();
    }
  };

  it("are pinged once a round, not all in the same moment", () =>
    withChannels(100, (channels) => {
      const all = Array.from({ length: 60 }, (_, index) => new Connection(`d${index}`));
      for (const connection of all) {
        channels.add(connection);
        mock.timers.tick(PING_MS / 60);
      }
      for (const { heard } of all) heard.length = 0;
      mock.timers.tick(PING_MS / 30);
      const pinged = all.filter(({ heard }) => heard.length > 0).length;
      assert.ok(pinged > 0 && pinged <= 4, `${pinged} at once`);
      mock.timers.tick(PING_MS - PING_MS / 30);
      assert.ok(all.every(({ heard }) => heard.join() === "ping"));
    }));

  it("are one a device: the newest, which the end of the one before does not take along", () =>
    withChannels(1, (channels) => {
      const [older, newer] = [new Connection("d"), new Connection("d")];
      channels.add(older);
      assert.equal(channels.hasRoomFor(newer), true);
      channels.add(newer);
      channels.remove(older);
      channels.wake(newer, "commands");
      assert.deepEqual([older.heard, newer.heard, channels.size], [["end"], ["commands"], 1]);
      assert.equal(channels.hasRoomFor(new Connection("other")), false);
    }));

  it("are dropped when what was written to them before is still here", () =>
    withChannels(10, (channels) => {
      const [gone, asleep, fine] = [new Connection("gone"), new Connection("asleep"), new Connection("fine")];
      for (const connection of [gone, asleep, fine]) channels.add(connection);
      gone.stalled = true;
      asleep.stalled = true;
      channels.wake(asleep, "queries");
      mock.timers.tick(PING_MS);
      assert.deepEqual([gone.heard, asleep.heard, fine.heard], [["drop"], ["drop"], ["ping"]]);
      assert.equal(channels.size, 1);
    }));

  it("are woken for a tenant's question over a few seconds, each once", () =>
    withChannels(100, (channels) => {
      const all = Array.from({ length: 90 }, (_, index) => new Connection(`d${index}`));
      for (const connection of all) channels.add(connection);
      const woken = () => all.filter(({ heard }) => heard.includes("queries")).length;
      channels.wakeTenant("other", "queries");
      channels.wakeTenant("acme", "queries");
      mock.timers.tick(100);
      assert.ok(woken() > 0 && woken() < 10);
      mock.timers.tick(3_000);
      assert.deepEqual(
        all.map(({ heard }) => heard.filter((each) => each === "queries").length),
        all.map(() => 1),
      );
    }));

  it("are all ended at the end, and no more are taken", () =>
    withChannels(10, (channels) => {
      const connection = new Connection("d");
      channels.add(connection);
      channels.close();
      assert.deepEqual(connection.heard, ["end"]);
      assert.equal(channels.hasRoomFor(connection), false);
    }));
});
