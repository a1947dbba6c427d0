import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { usage } from "../failure.ts";

/** One platform and who one is there. */
export interface Context {
  readonly server: string;
  readonly token: string;
}

export interface Settings {
  readonly current: string;
  readonly contexts: Readonly<Record<string, Context>>;
}

const settingsFile = (env: NodeJS.ProcessEnv): string =>
  join(env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "muster", "config.json");

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const file = settingsFile(env);
  if (!existsSync(file)) return { current: "", contexts: {} };
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Settings;
  } catch (cause) {
    throw usage(
      `${file} cannot be read: ${String(cause)}. Mend it, or remove it and sign in again with \`muster login\`.`,
    );
  }
}

/** Writes the settings so that only their owner can read them; they hold tokens. */
export function writeSettings(env: NodeJS.ProcessEnv, settings: Settings): string {
  const file = settingsFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
  return file;
}

export interface ContextOptions {
  readonly server?: string;
  readonly token?: string;
  readonly context?: string;
}

/**
 * Where to ask and as whom: options go before the environment, the environment before what login stored. A context that is
 * named is an option: the environment has no say then.
 */
export function currentContext(options: ContextOptions, env: NodeJS.ProcessEnv): Context {
  const environment = options.context === undefined ? env : {};
  const given = {
    server: options.server ?? environment["MUSTER_SERVER"],
    token: options.token ?? environment["MUSTER_TOKEN"],
  };
  if (given.server && given.token) return { server: given.server, token: given.token };
  const settings = readSettings(env);
  const name = options.context ?? settings.current;
  const stored = settings.contexts[name];
  if (options.context !== undefined && stored === undefined) {
    throw usage(`there is no context "${name}"; known are: ${Object.keys(settings.contexts).join(", ") || "none"}`);
  }
  const server = given.server ?? stored?.server;
  // A stored token is for its own server and goes to no other.
  const token = given.token ?? (server === stored?.server ? stored?.token : undefined);
  if (!server)
    throw usage("which server? Sign in with `muster login --server URL`, or set MUSTER_SERVER and MUSTER_TOKEN.");
  if (!token)
    throw usage(`no token for ${server}. Sign in with \`muster login --server ${server}\`, or set MUSTER_TOKEN.`);
  return { server, token };
}
