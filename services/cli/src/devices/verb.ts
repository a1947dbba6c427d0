import type { Json } from "../api/client.ts";

/** What people gave with the options of a verb, by the names that commander makes of them. */
export type Given = Readonly<Record<string, string | boolean | undefined>>;

/** Something that devices can be asked for, in one word. */
export interface Verb {
  /** As it is typed; of two words the second stands below the first. */
  readonly name: string;
  readonly about: string;
  /** What it does to whoever works with the device: asked about before it is done. */
  readonly consequence?: string;
  /** It cannot be taken back: the device's name is typed to confirm it, and why is always on the record. */
  readonly destroys?: true;
  readonly options?: readonly VerbOption[];
  readonly act: Order | Call;
}

export interface VerbOption {
  readonly flags: string;
  readonly about: string;
  readonly isRequired?: true;
}

/** A command: it waits for the device, and can be waited for. */
export interface Order {
  readonly kind: "command";
  /** What the API is told, next to the devices (EnqueueCommandsRequest), at once or later. `read` gives what a file holds. */
  readonly body: (given: Given, read: ReadFile) => Json;
  /** The platform carries it out by itself, in seconds: its end is waited for without being told to. */
  readonly isPrompt?: true;
}

/** A request about one device, done as soon as it is answered. */
export interface Call {
  readonly kind: "call";
  readonly path: (deviceId: string) => string;
}

export type ReadFile = (path: string) => Promise<Buffer>;
