import { setTimeout as pause } from "node:timers/promises";
import { type Container, docker, logsOf } from "./engine.ts";

const READY_WITHIN_MS = 120_000;
const PASSWORD = "muster";

/** As the containers on the network reach it. */
export const ADMIN_URL = `postgres://postgres:${PASSWORD}@postgres:5432/muster`;
export const NATS_URL = "nats://nats:4222";
/** Where the bus in its container keeps accounts. */
export const ACCOUNTS_DIR = "/tmp/accounts";

/**
 * Postgres and NATS in containers of their own, under the names `postgres` and `nats` on the network.
 *
 * @param natsConfig - the file that says whom the bus believes
 */
export async function startBacking(network: string, natsConfig: string): Promise<void> {
  const start = async (alias: string, ...rest: readonly string[]): Promise<Container> => {
    const container = { name: `${network}-${alias}` };
    const { name } = container;
    await docker("run", "--detach", `--name=${name}`, `--network=${network}`, `--network-alias=${alias}`, ...rest);
    return container;
  };
  const password = `--env=POSTGRES_PASSWORD=${PASSWORD}`;
  const postgres = await start("postgres", password, "--env=POSTGRES_DB=muster", "postgres:17");
  const accounts = `--volume=${natsConfig}:/etc/nats/accounts.conf:ro`;
  const jetstream = ["--jetstream", "--store_dir=/tmp/jetstream"];
  const nats = await start("nats", accounts, "nats:2", "--config=/etc/nats/accounts.conf", ...jetstream);
  // The image starts it twice: once to set up, once to stay.
  await untilLogged(postgres, /database system is ready to accept connections/, 2);
  await untilLogged(nats, /Server is ready/, 1);
}

async function untilLogged(container: Container, line: RegExp, times: number): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while ((await logsOf(container)).filter((each) => line.test(each)).length < times) {
    if (Date.now() > deadline) {
      throw new Error(`${container.name} did not become ready:\n${(await logsOf(container)).slice(-20).join("\n")}`);
    }
    await pause(100);
  }
}
