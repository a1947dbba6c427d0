import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNats } from "@muster/backing/nats";
import { openPlatformKeys, type PlatformKeyFiles } from "@muster/bus-accounts/platform-keys";
import { credentialsFile, userToken } from "@muster/bus-accounts/user";
import { bootstrapBus } from "@muster/eventbus/bootstrap";
import { jetstreamManager } from "@nats-io/jetstream";
import { createUser, fromSeed } from "@nats-io/nkeys";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { SMALL_STREAMS } from "./test-bus.ts";

export interface SecuredBus {
  readonly url: string;
  readonly keys: PlatformKeyFiles;
  /** A user of the platform's account who may do everything there. */
  readonly bus: NatsConnection;
  /** Stops the server and starts it again at the same address, with all that it stored, or with nothing. */
  restart(store: "kept" | "lost"): Promise<void>;
  stop(): Promise<void>;
}

/** A NATS server of its own for one test file that knows its users, with all declared streams and consumers. */
export async function startSecuredBus(): Promise<SecuredBus> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "muster-test-nats-"));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const dataDir = join(folder, "nats");
  const keys = await openPlatformKeys({
    folder: join(folder, "keys"),
    accountsDir: join(dataDir, "accounts"),
    now: new Date(),
  });
  let server = await startNats({ dataDir, config: keys.serverConfig });
  starting.defer(() => server.stop());
  const { platform } = JSON.parse(await readFile(join(folder, "keys/keys.json"), "utf8")) as { platform: string };
  const user = createUser();
  const token = userToken({ name: "test", subject: user.getPublicKey() }, fromSeed(Buffer.from(platform)), new Date());
  const bus = await connect({
    servers: server.url,
    authenticator: credsAuthenticator(Buffer.from(credentialsFile(token, user))),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
  });
  starting.defer(() => bus.close());
  await bootstrapBus(await jetstreamManager(bus), SMALL_STREAMS);
  const running = starting.move();
  return {
    url: server.url,
    keys,
    bus,
    restart: async (store) => {
      await server.stop();
      if (store === "lost") await rm(dataDir, { recursive: true });
      server = await startNats({ dataDir, config: keys.serverConfig, port: server.port });
    },
    stop: () => running.disposeAsync(),
  };
}
