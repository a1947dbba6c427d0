import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Where the agent keeps what it must not lose. */
export interface StateFolder {
  /** Key, certificate and node key in one file, so that they change together. */
  readonly identity: string;
  readonly journal: string;
  /** osquery's configuration, as the server gave it last. */
  readonly osqueryConfig: string;
  /** What scheduled queries gave last. */
  readonly baselines: string;
  /** Log lines that the server does not have yet. */
  readonly logs: string;
  /** Held by the one agent that runs on this folder. */
  readonly lock: string;
  /** Scripts while they run; emptied at start, once the lock is held. */
  readonly scripts: string;
  /** While this file exists no script is run. */
  readonly scriptsDisabled: string;
}

/** Where an agent that runs on this folder, or ran, keeps who it is. */
export const identityIn = (path: string): string => join(path, "identity.json");

export async function openStateFolder(path: string): Promise<StateFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  return {
    identity: identityIn(path),
    journal: join(path, "journal.ndjson"),
    osqueryConfig: join(path, "osquery-config.json"),
    baselines: join(path, "baselines"),
    logs: join(path, "logs"),
    lock: join(path, "agent.lock"),
    scripts: join(path, "scripts"),
    scriptsDisabled: join(path, "scripts-disabled"),
  };
}

/** Removes what a killed agent left behind. */
export async function emptyScripts({ scripts }: StateFolder): Promise<void> {
  await rm(scripts, { recursive: true, force: true });
  await mkdir(scripts, { mode: 0o700 });
}
