import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type BusPermissions,
  bootstrapPermissions,
  observerPermissions,
  servicePermissions,
} from "@muster/eventbus/permissions";
import { STREAMS } from "@muster/eventbus/streams";
import { createAccount, createOperator, createUser, fromSeed, type KeyPair } from "@nats-io/nkeys";
import { accountToken } from "./account.ts";
import { claimsPermissions } from "./claims-service.ts";
import { operatorToken } from "./operator.ts";
import { serverConfig } from "./server-config.ts";
import { credentialsFile, userToken } from "./user.ts";

type Service = keyof typeof STREAMS;

/** Files that the server, the bootstrap step and the services are given; each holds no more than its reader needs. */
export interface PlatformKeyFiles {
  /** Part of the server's configuration: its operator, its accounts. */
  readonly serverConfig: string;
  readonly bootstrapCredentials: string;
  readonly serviceCredentials: Readonly<Record<Service, string>>;
  /** Sees how full streams are and how far consumers came. */
  readonly observerCredentials: string;
  /** Tells the server of accounts and of nothing else. */
  readonly systemCredentials: string;
  /** The seed that signs subscribers' accounts. */
  readonly signingKey: string;
}

/** Seeds. The operator's own, and those of the accounts, are needed for nothing but to make the files anew. */
interface Seeds {
  readonly operator: string;
  readonly signing: string;
  readonly system: string;
  readonly platform: string;
  readonly users: Readonly<Record<string, string>>;
  /** Public keys of users that were replaced, and when. */
  readonly revoked: Readonly<Record<string, string>>;
}

const SERVICES = Object.keys(STREAMS) as Service[];
const USERS = [...SERVICES, "bus-bootstrap", "observer", "system"];

export interface PlatformKeyOptions {
  /** The folder of the keys. */
  readonly folder: string;
  /** The folder in which the server keeps accounts. */
  readonly accountsDir: string;
  /** A user whose key is made anew; nobody gets in with the old one when the servers know. */
  readonly revoke?: string;
  readonly now: Date;
}

/**
 * Makes the operator, the system account, the platform's account and one user for each who connects: the keys once, all
 * that is signed with them at each call, so that a new release's permissions take effect.
 */
export async function openPlatformKeys(options: PlatformKeyOptions): Promise<PlatformKeyFiles> {
  const { folder, accountsDir, now } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const seeds = await openSeeds(join(folder, "keys.json"), options);
  const [operator, signing, system, platform] = [
    keyOf(seeds.operator),
    keyOf(seeds.signing),
    keyOf(seeds.system),
    keyOf(seeds.platform),
  ];
  const systemAccount = system.getPublicKey();
  const signed = (name: string, account: KeyPair, extent: object = {}): string =>
    accountToken({ name, subject: account.getPublicKey(), ...extent }, operator, now);
  const write = (name: string, content: string): Promise<string> => replace(join(folder, name), content);
  const user = (name: string, account: KeyPair, permissions: BusPermissions): Promise<string> => {
    const key = keyOf(seeds.users[name] ?? "");
    const token = userToken({ name, subject: key.getPublicKey(), permissions }, account, now);
    return write(`${name}.creds`, credentialsFile(token, key));
  };
  const credentials = SERVICES.map(
    async (name) => [name, await user(name, platform, servicePermissions(name))] as const,
  );
  return {
    serverConfig: await write(
      "accounts.conf",
      serverConfig({
        operatorToken: operatorToken(
          { name: "muster", key: operator, signingKeys: [signing.getPublicKey()], systemAccount },
          now,
        ),
        systemAccount,
        preloaded: {
          [systemAccount]: signed("SYS", system, { system: true }),
          [platform.getPublicKey()]: signed("MUSTER", platform, { revocations: datesOf(seeds.revoked) }),
        },
        accountsDir,
      }),
    ),
    bootstrapCredentials: await user("bus-bootstrap", platform, bootstrapPermissions),
    serviceCredentials: Object.fromEntries(await Promise.all(credentials)) as Record<Service, string>,
    observerCredentials: await user("observer", platform, observerPermissions),
    systemCredentials: await user("system", system, claimsPermissions),
    signingKey: await write("signing.nk", seeds.signing),
  };
}

async function openSeeds(file: string, { revoke, now }: PlatformKeyOptions): Promise<Seeds> {
  const held = existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as Seeds) : undefined;
  const { [revoke ?? ""]: lost, ...users } = held?.users ?? {};
  const fresh = USERS.filter((name) => users[name] === undefined).map((name) => [name, seedOf(createUser())] as const);
  const seeds: Seeds = {
    operator: held?.operator ?? seedOf(createOperator()),
    signing: held?.signing ?? seedOf(createOperator()),
    system: held?.system ?? seedOf(createAccount()),
    platform: held?.platform ?? seedOf(createAccount()),
    users: { ...users, ...Object.fromEntries(fresh) },
    revoked: { ...held?.revoked, ...(lost && { [keyOf(lost).getPublicKey()]: now.toISOString() }) },
  };
  await replace(file, `${JSON.stringify(seeds, null, 2)}\n`);
  return seeds;
}

const datesOf = (times: Readonly<Record<string, string>>): Record<string, Date> =>
  Object.fromEntries(Object.entries(times).map(([key, time]) => [key, new Date(time)]));

const seedOf = (key: KeyPair): string => Buffer.from(key.getSeed()).toString();
const keyOf = (seed: string): KeyPair => fromSeed(Buffer.from(seed));

/** Whole or not at all: a start killed half-way must not leave half a key. */
async function replace(file: string, content: string): Promise<string> {
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return file;
}
