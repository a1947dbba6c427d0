import { homedir } from "node:os";
import { join } from "node:path";
import { dataFolder } from "./data-folder.ts";
import { unpackNatsFromDebian } from "./nats-from-debian.ts";
import { buildNatsWithGo } from "./nats-from-go.ts";
import { isNewEnough, natsVersion } from "./nats-version.ts";
import { StartupProblem } from "./startup-problem.ts";

/** One way to come by nats-server; every way is pinned to a version. */
export interface NatsSource {
  readonly version: string;
  readonly announce: string;
  fetch(target: string, say: (line: string) => void): Promise<void>;
}

const GO_VERSION = "2.15.2";
const DEBIAN_VERSION = "2.15.1";

const SOURCES: readonly NatsSource[] = [
  {
    version: GO_VERSION,
    announce: `building nats-server ${GO_VERSION} with Go (once, one to two minutes)`,
    fetch: (target, say) => buildNatsWithGo(GO_VERSION, target, say),
  },
  {
    version: DEBIAN_VERSION,
    announce: `unpacking nats-server ${DEBIAN_VERSION} from Debian's package (once)`,
    fetch: (target) => unpackNatsFromDebian(DEBIAN_VERSION, target),
  },
];

export interface NatsBinaryOptions {
  env?: NodeJS.ProcessEnv;
  say?: (line: string) => void;
  sources?: readonly NatsSource[];
}

/** The path of a nats-server of at least 2.11: from PATH, from our cache, or fetched into the cache now. */
export async function natsBinary(options: NatsBinaryOptions = {}): Promise<string> {
  const { env = process.env, say = () => undefined, sources = SOURCES } = options;
  for (const folder of (env["PATH"] ?? "").split(":").filter(Boolean)) {
    if (await isUsable(join(folder, "nats-server"))) return join(folder, "nats-server");
  }
  const cache = env["MUSTER_CACHE_DIR"] ?? join(homedir(), ".cache", "muster");
  const targetOf = ({ version }: NatsSource): string => join(cache, `nats-server-${version}`);
  for (const source of sources) {
    if (await isUsable(targetOf(source))) return targetOf(source);
  }
  await dataFolder(cache);
  const failures: string[] = [];
  for (const source of sources) {
    say(source.announce);
    try {
      await source.fetch(targetOf(source), say);
      if (await isUsable(targetOf(source))) return targetOf(source);
      failures.push(`${source.announce}: the program does not run here`);
    } catch (error) {
      failures.push(`${source.announce}: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  throw new StartupProblem(
    [
      `nats-server 2.11 or newer was not found. Install it (\`brew install nats-server\`, or Go from go.dev and start again, or the program from nats.io on your PATH), or point MUSTER_NATS_URL at a server of your own.`,
      ...failures.map((failure) => `  tried ${failure}`),
    ].join("\n"),
  );
}

async function isUsable(program: string): Promise<boolean> {
  const version = await natsVersion(program);
  return version !== undefined && isNewEnough(version);
}
