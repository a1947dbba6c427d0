import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { dataFolder } from "@muster/backing/data-folder";
import { type Backing, startBacking } from "./backing.ts";
import { choosePorts } from "./ports.ts";

/** Waits for what `say` is told. */
function hearing(): { say: (line: string) => void; hear: (fragment: string) => Promise<void> } {
  const lines: string[] = [];
  let heard = Promise.withResolvers<void>();
  return {
    say: (line) => {
      lines.push(line);
      heard.resolve();
    },
    hear: async (fragment) => {
      while (!lines.some((line) => line.includes(fragment))) {
        heard = Promise.withResolvers<void>();
        await heard.promise;
      }
    },
  };
}

const greets = async (url: string): Promise<void> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.destroy();
};

describe("Postgres and NATS of the launcher", () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-backing-"));
  const closing = new AsyncDisposableStack();
  const { say, hear } = hearing();
  let backing: Backing;

  before(async () => {
    await dataFolder(folder, { traversable: true });
    const step = <T>(_name: string, work: () => Promise<T>) => work();
    backing = await startBacking({
      dataDir: folder,
      ports: await choosePorts("free", 1),
      durable: false,
      step,
      say,
      closing,
    });
  });
  after(async () => {
    await closing.disposeAsync();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [name, signal] of [
    ["nats", "SIGKILL"],
    ["postgres", "SIGQUIT"],
  ] as const) {
    it(`come back at the same address when they die unasked: ${name}`, async () => {
      const { [name]: server } = backing.servers;
      assert.ok(server?.pid !== undefined);
      const first = server.pid;
      process.kill(first, signal);
      await hear(`${name} ended`);
      await server.restart();
      assert.notEqual(server.pid, first);
      await greets(name === "nats" ? backing.natsUrl : backing.databaseUrl);
    });

    it(`stay down after they were killed on purpose, until they are restarted: ${name}`, async () => {
      const { [name]: server } = backing.servers;
      await server?.kill(signal);
      assert.equal(server?.pid, undefined);
      await assert.rejects(greets(name === "nats" ? backing.natsUrl : backing.databaseUrl));
      await server?.restart();
      await greets(name === "nats" ? backing.natsUrl : backing.databaseUrl);
    });
  }
});
