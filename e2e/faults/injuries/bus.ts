import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { headers } from "@nats-io/transport-node";
import type { SeededRandom } from "../../simulators/seeded-random.ts";
import type { Injury } from "../injury.ts";

const STREAM_PREFIX = "EVT_";

export const killNats: Injury = {
  name: "kill -9 NATS",
  weight: 2,
  inflict: async ({ platform }) => {
    await platform.backing.nats?.kill("SIGKILL");
    await platform.backing.nats?.restart();
    return "";
  },
};

export const stopNats: Injury = {
  name: "SIGSTOP NATS",
  weight: 2,
  inflict: async ({ platform }, random) => {
    const forMs = random.int(500, 8_000);
    await platform.backing.nats?.kill("SIGSTOP");
    await pause(forMs);
    await platform.backing.nats?.kill("SIGCONT");
    return `for ${forMs} ms`;
  },
};

export const deleteDurable: Injury = {
  name: "delete a durable",
  weight: 1,
  inflict: ({ withBus }, random) =>
    withBus(async (_bus, manager) => {
      const stream = await anyStream(manager, random);
      const consumers = await manager.consumers.list(stream).next();
      const victim = random.pick(consumers.map(({ name }) => name).toSorted());
      await manager.consumers.delete(stream, victim);
      return victim;
    }),
};

export const deleteStream: Injury = {
  name: "delete a stream",
  weight: 1,
  inflict: ({ withBus }, random) =>
    withBus(async (_bus, manager) => {
      const victim = await anyStream(manager, random);
      await manager.streams.delete(victim);
      return victim;
    }),
};

/** The bus comes back with what it held a while ago: streams and the positions of all consumers. */
export const rollBackBus: Injury = {
  name: "roll the bus back",
  weight: 1,
  inflict: async ({ platform, dataDir, rollBackMs }) => {
    const { nats } = platform.backing;
    const store = join(dataDir, "nats", "jetstream");
    const copy = join(dataDir, "jetstream.before");
    // Stopped while it is copied: the copy is what a crash at this moment would have left.
    await nats?.kill("SIGSTOP");
    await cp(store, copy, { recursive: true });
    await nats?.kill("SIGCONT");
    await pause(rollBackMs);
    await nats?.kill("SIGKILL");
    await rm(store, { recursive: true, force: true });
    await cp(copy, store, { recursive: true });
    await rm(copy, { recursive: true, force: true });
    await nats?.restart();
    return `by ${rollBackMs} ms`;
  },
};

/** Events that were told already are told again, in another order, and without the id by which the server knows them. */
export const repeatEvents: Injury = {
  name: "repeat events out of order",
  weight: 2,
  inflict: ({ withBus }, random) =>
    withBus(async (bus, manager) => {
      const stream = await anyStream(manager, random);
      const { state } = await manager.streams.info(stream);
      // Now and then every event of the stream, else the newest.
      const count = random.chance(0.3) ? state.messages : Math.min(state.messages, random.int(50, 400));
      const sequences = Array.from({ length: count }, (_, back) => state.last_seq - back);
      for (const seq of random.some(sequences, count)) {
        const message = await manager.streams.getMessage(stream, { seq }).catch(() => null);
        if (message === null) continue;
        const again = headers();
        for (const [name, values] of message.header ?? []) {
          if (!name.toLowerCase().startsWith("nats-")) for (const value of values) again.append(name, value);
        }
        bus.publish(message.subject, message.data, { headers: again });
      }
      await bus.flush();
      return `${count} of ${stream}`;
    }),
};

async function anyStream(
  manager: Parameters<Parameters<Parameters<Injury["inflict"]>[0]["withBus"]>[0]>[1],
  random: SeededRandom,
): Promise<string> {
  const names = (await manager.streams.names().next()).filter((name) => name.startsWith(STREAM_PREFIX));
  return random.pick(names.toSorted());
}
