import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connectBus } from "@muster/eventbus/connection";
import { createLogger } from "@muster/host/logging";
import { startTestBus, type TestBus } from "@muster/testkit/test-bus";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Command } from "../domain/command.ts";
import { BusAnnouncer, followAnnouncements, watchKey } from "./bus-announcer.ts";
import { Watchers } from "./watchers.ts";

describe("a change of commands", () => {
  let server: TestBus;
  let here: NatsConnection;
  let there: NatsConnection;
  before(async () => {
    server = await startTestBus();
    const open = () => connectBus(server.url, "command", createLogger("test", "silent"));
    [here, there] = [await open(), await open()];
  });
  after(async () => {
    await Promise.all([here.close(), there.close()]);
    await server.stop();
  });

  it("of a whole batch is heard in every replica, in few messages", async () => {
    const own = new Watchers();
    const others = new Watchers();
    followAnnouncements(there, { channels: [], watchers: others, asked: () => undefined });
    let messages = 0;
    there.subscribe("changed.command.>", { callback: () => void messages++ });
    await there.flush();
    const commands = Array.from({ length: 2_500 }, (_, index) => ({ tenant: "acme", id: `c${index}` }) as Command);
    const rung: string[] = [];
    const last = Promise.withResolvers<void>();
    for (const { id } of [commands[0], commands[1_000], commands[2_499]].filter((each) => each !== undefined)) {
      own.watch(watchKey("acme", id), () => rung.push(`here ${id}`));
      others.watch(watchKey("acme", id), () => {
        rung.push(`there ${id}`);
        if (id === "c2499") last.resolve();
      });
    }
    // A step of a command and the next one are one change to whoever waits.
    new BusAnnouncer(here, own).changed([...commands, ...commands]);
    assert.deepEqual(rung, ["here c0", "here c1000", "here c2499"]);
    await last.promise;
    await there.flush();
    assert.deepEqual(rung.slice(3), ["there c0", "there c1000", "there c2499"]);
    assert.equal(messages, 3);
  });

  it("that devices have something to fetch is told in every replica, whichever devices these are", async () => {
    const asked: string[] = [];
    const announcer = new BusAnnouncer(here, new Watchers());
    for (const [name, bus] of Object.entries({ here, there })) {
      followAnnouncements(bus, { channels: [], watchers: new Watchers(), asked: () => asked.push(name) });
      await bus.flush();
    }
    const told = async (tell: () => void) => {
      asked.length = 0;
      tell();
      await here.flush();
      await there.flush();
      return asked.toSorted();
    };
    const devices = [{ tenant: "acme", deviceId: "mac" }];
    assert.deepEqual(await told(() => announcer.wake(devices)), ["here", "there"]);
    assert.deepEqual(await told(() => announcer.wakeTenant("acme")), ["here", "there"]);
    assert.deepEqual(await told(() => announcer.dismiss(devices)), []);
  });
});
