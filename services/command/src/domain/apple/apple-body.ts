import type { Fill } from "./filling.ts";

/** What a command carries beside its name, as it is sealed: one for all devices that are asked the same. */
export interface AppleBody {
  /** Apple's keys; data is base64. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Instead of the parameters: the Command dictionary, an XML property list. */
  readonly rawPlist?: string;
  /** What is put in only when the command is delivered. */
  readonly fill?: Fill;
  /** The profile that policy fills for the device; it becomes the Payload. */
  readonly profile?: { readonly id: string; readonly revision: number };
}
