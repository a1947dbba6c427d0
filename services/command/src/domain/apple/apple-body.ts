/** What holds a secret of the device, and is filled in when the command is delivered. */
export type FilledSecret = "lock_pin" | "unlock_token" | "renewal_profile";

/** What a command carries beside its name, as it is sealed: one for all devices that are asked the same. */
export interface AppleBody {
  /** Apple's keys; data is base64. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Instead of the parameters: the whole Command dictionary, an XML property list. */
  readonly rawPlist?: string;
  /** Keys whose values enrollment holds in escrow. */
  readonly fill?: Readonly<Record<string, FilledSecret>>;
  /** The profile that policy fills for the device; it becomes the Payload. */
  readonly profile?: { readonly id: string; readonly revision: number };
}
