import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bootstrapPermissions, observerPermissions, servicePermissions } from "@muster/eventbus/permissions";
import { createAccount, createOperator, createUser, fromSeed, type KeyPair } from "@nats-io/nkeys";
import { type AccountRole, accountToken } from "./account.ts";
import { claimsPermissions } from "./claims-service.ts";
import { operatorToken } from "./operator.ts";
import { serverConfig } from "./server-config.ts";
import { credentialsFile, type Permissions, roleUserToken } from "./user.ts";

const SYSTEM = "system";

const PERMISSIONS = {
  enrollment: servicePermissions("enrollment"),
  command: servicePermissions("command"),
  inventory: servicePermissions("inventory"),
  policy: servicePermissions("policy"),
  notification: servicePermissions("notification"),
  gateway: servicePermissions("gateway"),
  /** Declares streams and consumers. */
  "bus-bootstrap": bootstrapPermissions,
  /** Sees how full streams are and how far consumers came. */
  observer: observerPermissions,
  /** Tells the server of accounts, in the system account, and does nothing else. */
  [SYSTEM]: claimsPermissions,
} as const satisfies Readonly<Record<string, Permissions>>;

export type UserName = keyof typeof PERMISSIONS;

export const isUserName = (name: string): name is UserName => Object.hasOwn(PERMISSIONS, name);

const USERS = Object.keys(PERMISSIONS) as UserName[];

/** Files that the server and each who connects is given; each holds no more than its reader needs. */
export interface PlatformKeyFiles {
  /** Part of the server's configuration: its operator, its accounts. */
  readonly serverConfig: string;
  readonly credentials: Readonly<Record<UserName, string>>;
  /** The seed that signs subscribers' accounts. */
  readonly signingKey: string;
}

/** Seeds. The operator's own, those of the accounts and roles are needed for nothing but to make the files anew. */
interface Seeds {
  readonly operator: string;
  readonly signing: string;
  readonly system: string;
  readonly platform: string;
  /** Of each user, and of the role in which it is. */
  readonly users: Readonly<Record<string, { readonly user: string; readonly role: string }>>;
  /** Public keys of users that were replaced, and when. */
  readonly revoked: Readonly<Record<string, string>>;
}

export interface PlatformKeyOptions {
  /** The folder of the keys. */
  readonly folder: string;
  /** The folder in which the server keeps accounts. */
  readonly accountsDir: string;
  /** A user whose key is made anew; nobody gets in with the old one when the servers know. */
  readonly revoke?: UserName;
  readonly now: Date;
}

/**
 * Makes the operator, the system account, the platform's account and one user for each who connects, in a role of its own: the keys once, all that is
 * signed with them at each call, so that a new release's permissions take effect.
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
  const write = (name: string, content: string): Promise<string> => replace(join(folder, name), content);
  const credentials = Object.fromEntries(
    await Promise.all(
      USERS.map(async (name) => {
        const { user, role } = keysOf(seeds, name);
        const account = (name === SYSTEM ? system : platform).getPublicKey();
        const token = roleUserToken({ name, subject: user.getPublicKey(), account }, role, now);
        return [name, await write(`${name}.creds`, credentialsFile(token, user))] as const;
      }),
    ),
  ) as Record<UserName, string>;
  const roleOf = (name: UserName): AccountRole => ({
    name,
    key: keysOf(seeds, name).role.getPublicKey(),
    permissions: PERMISSIONS[name],
  });
  const systemAccount = system.getPublicKey();
  const platformAccount = platform.getPublicKey();
  const revocations = datesOf(seeds.revoked);
  const roles = USERS.filter((name) => name !== SYSTEM).map(roleOf);
  const content = serverConfig({
    operatorToken: operatorToken(
      { name: "muster", key: operator, signingKeys: [signing.getPublicKey()], systemAccount },
      now,
    ),
    systemAccount,
    preloaded: {
      [systemAccount]: accountToken(
        { name: "SYS", subject: systemAccount, system: true, roles: [roleOf(SYSTEM)], revocations },
        operator,
        now,
      ),
      [platformAccount]: accountToken({ name: "MUSTER", subject: platformAccount, roles, revocations }, operator, now),
    },
    accountsDir,
  });
  return {
    serverConfig: await write("accounts.conf", content),
    credentials,
    signingKey: await write("signing.nk", seeds.signing),
  };
}

async function openSeeds(file: string, { revoke, now }: PlatformKeyOptions): Promise<Seeds> {
  const held = existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as Seeds) : undefined;
  const { [revoke ?? ""]: lost, ...users } = held?.users ?? {};
  const fresh = USERS.filter((name) => users[name] === undefined).map((name) => [name, newUser()] as const);
  const seeds: Seeds = {
    operator: held?.operator ?? seedOf(createOperator()),
    signing: held?.signing ?? seedOf(createOperator()),
    system: held?.system ?? seedOf(createAccount()),
    platform: held?.platform ?? seedOf(createAccount()),
    users: { ...users, ...Object.fromEntries(fresh) },
    revoked: { ...held?.revoked, ...(lost && { [keyOf(lost.user).getPublicKey()]: now.toISOString() }) },
  };
  await replace(file, `${JSON.stringify(seeds, null, 2)}\n`);
  return seeds;
}

const datesOf = (times: Readonly<Record<string, string>>): Record<string, Date> =>
  Object.fromEntries(Object.entries(times).map(([key, time]) => [key, new Date(time)]));

const newUser = () => ({ user: seedOf(createUser()), role: seedOf(createAccount()) });

function keysOf(seeds: Seeds, name: UserName): { readonly user: KeyPair; readonly role: KeyPair } {
  const { user = "", role = "" } = seeds.users[name] ?? {};
  return { user: keyOf(user), role: keyOf(role) };
}

const seedOf = (key: KeyPair): string => Buffer.from(key.getSeed()).toString();
const keyOf = (seed: string): KeyPair => fromSeed(Buffer.from(seed));

/** Whole or not at all: a start killed half-way must not leave half a key. */
async function replace(file: string, content: string): Promise<string> {
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return file;
}
