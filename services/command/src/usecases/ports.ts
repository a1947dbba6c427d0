import type { Work } from "@muster/postgres/service-database";
import type { Channel } from "../domain/channel.ts";
import type { Command, CommandState } from "../domain/command.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import type { SavedScript, ScriptDraft } from "../domain/script.ts";
import type { StrayResult } from "../domain/stray-result.ts";

export interface CommandKey extends DeviceKey {
  /** A command's id or that of its withdrawal. */
  readonly id: string;
}

/** A command as people see it: with its output, and with the script it carries. */
export interface CommandWithScript {
  readonly command: Command;
  /** Empty when it carries none. */
  readonly content: string;
}

export interface CommandFilter {
  readonly deviceId: string | undefined;
  readonly state: CommandState | undefined;
  /** Only what came before this place in the order. */
  readonly beforeSeq: string | undefined;
}

/** Commands. What is called lock gives them as they are, and nobody else changes them before the transaction ends. */
export interface CommandStore {
  /**
   * The oldest commands that each of these devices could be handed now, and the withdrawals it has to be told of. What
   * another transaction is handing out at this moment is left to it.
   */
  lockDeliverable(devices: readonly DeviceKey[], now: Date): Promise<Command[]>;
  /** The commands with these ids, and those whose withdrawal has one of them, of exactly these devices. */
  lockByIds(keys: readonly CommandKey[]): Promise<Command[]>;
  lockById(tenant: string, id: string): Promise<Command | undefined>;
  /** Everything open of these devices. */
  lockOpen(devices: readonly DeviceKey[]): Promise<Command[]>;
  /** Open commands, of all tenants, whose time is up; what another replica sweeps is left to it. */
  lockDue(now: Date, limit: number): Promise<Command[]>;
  /** Writes what changed in commands that this transaction has locked. */
  save(commands: readonly Command[]): Promise<void>;
  /** Adds new commands, leaves out those whose id is there already, and returns those it added, with their place. */
  insert(commands: readonly Command[]): Promise<Command[]>;
  find(tenant: string, id: string): Promise<CommandWithScript | undefined>;
  /** Commands, newest first, without their output. */
  list(tenant: string, filter: CommandFilter, limit: number): Promise<Command[]>;
  /** The ids of the scripts that wait for each of these devices, oldest first, in the order of the devices. */
  queuedScripts(devices: readonly DeviceKey[], now: Date): Promise<string[][]>;
}

export interface ChannelStore {
  /** What is known of these devices, by `keyOf`. */
  find(devices: readonly DeviceKey[]): Promise<Map<string, Channel>>;
  /** The same, and nobody unenrolls one of them before this transaction ends. */
  hold(devices: readonly DeviceKey[]): Promise<Map<string, Channel>>;
  /** Writes what is newer than what is held, and returns that. Each device at most once. */
  put(channels: readonly VersionedChannel[]): Promise<Channel[]>;
}

export type VersionedChannel = Channel & { readonly version: number };

export interface ScriptStore {
  /** Refuses a name that another script has. */
  insert(draft: ScriptDraft): Promise<SavedScript>;
  /** Nothing when there is no such script. Refuses a name that another script has. */
  update(draft: ScriptDraft): Promise<SavedScript | undefined>;
  find(tenant: string, id: string): Promise<SavedScript | undefined>;
  /** All saved scripts by name, without their content. */
  list(tenant: string): Promise<SavedScript[]>;
  /** Says whether there was one. */
  delete(tenant: string, id: string): Promise<boolean>;
  /** Stores what script commands carry; returns its size in bytes. */
  insertBody(body: { readonly tenant: string; readonly id: string; readonly content: string }): Promise<number>;
  /**
   * Copies a saved script as it is now, so that a later change does not reach commands already given; returns its size
   * in bytes, or nothing when there is no such script.
   */
  copyToBody(copy: {
    readonly tenant: string;
    readonly scriptId: string;
    readonly bodyId: string;
  }): Promise<number | undefined>;
  /** What the scripts of these commands say, by body id. */
  bodiesOf(commands: readonly Command[]): Promise<Map<string, string>>;
}

export interface StrayStore {
  /** Notes results that changed nothing; the same one again only counts up. */
  note(strays: readonly StrayResult[], now: Date): Promise<void>;
  forget(before: Date): Promise<void>;
}

export interface OrbitDeviceStore {
  /** Keeps the hash of the token with which the user of a device opens its page; the one before is forgotten. */
  putToken(device: DeviceKey, sha256: Buffer): Promise<void>;
  putUserEmail(device: DeviceKey, email: string): Promise<void>;
  /** The managed device that has this token, of whatever tenant: the token is all that a browser knows. */
  findByToken(sha256: Buffer): Promise<DeviceKey | undefined>;
}

/** What one transaction reads and writes, and the events that are told if it commits. */
export interface Records {
  readonly commands: CommandStore;
  readonly channels: ChannelStore;
  readonly scripts: ScriptStore;
  readonly strays: StrayStore;
  readonly orbitDevices: OrbitDeviceStore;
  readonly emit: Work<unknown>["emit"];
}

/** Runs transactions. The work may run more than once: keep effects outside the database out of it. */
export interface Transactions {
  /** On one tenant's rows. */
  tenant<T>(tenant: string, work: (records: Records) => Promise<T>): Promise<T>;
  /** On the rows of all tenants. */
  system<T>(work: (records: Records) => Promise<T>): Promise<T>;
}

/** Tells who waits, in this process and in all replicas, after a commit. What it says may be lost: everybody also polls. */
export interface Announcer {
  /** These commands changed; who watches one of them reads it again. */
  changed(commands: readonly Command[]): void;
  /** There is something to fetch for these devices. */
  wake(devices: readonly DeviceKey[]): void;
  /** These devices may hold no connection any more. */
  dismiss(devices: readonly DeviceKey[]): void;
}
