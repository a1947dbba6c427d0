import type { DeviceParts } from "../device-parts.ts";
import type { ActiveEnrollment } from "../enrollment/active-enrollment.ts";
import { dataOf, type Plist, textOf } from "../plist/plist-value.ts";
import type { MdmChannel } from "../wire/mdm-channel.ts";

/** One entry of an ErrorChain. */
export interface CommandError {
  readonly code: number;
  readonly domain: string;
  readonly text: string;
}

/** The command was understood and did not succeed: status Error. */
export class CommandFailed extends Error {
  readonly chain: readonly CommandError[];

  constructor(...chain: CommandError[]) {
    super(chain.map(({ text }) => text).join(": "));
    this.chain = chain;
  }
}

/** The command is not one: status CommandFormatError. */
export class CommandMalformed extends Error {}

export const mdmError = (code: number, text: string): CommandError => ({ code, domain: "MCMDMErrorDomain", text });

export const errorChain = (chain: readonly CommandError[]): Plist[] =>
  chain.map(({ code, domain, text }) => ({
    ErrorCode: code,
    ErrorDomain: domain,
    LocalizedDescription: text,
    USEnglishDescription: text,
  }));

/** What an answer may do besides giving keys. */
export interface CommandContext {
  readonly parts: DeviceParts;
  readonly enrollment: ActiveEnrollment;
  readonly channel: MdmChannel;
  readonly command: Plist;
  /** Runs when the server took the report. */
  readonly afterwards: (effect: Effect) => void;
  /** Acts that reach beyond one command. */
  readonly device: DeviceActs;
}

export type Effect = { readonly does: () => Promise<void>; readonly endsSession: boolean };

/** How an erased device comes back by itself: with an enrollment profile, or to where Apple sends it. */
export type WayBack = Buffer | "by Apple";

export interface DeviceActs {
  /** A new identity for the same enrollment, from a profile with the same identifier. */
  renew(profile: Buffer): Promise<void>;
  /** Ends management; says so to the server when its profile asks for it. */
  leave(why: string): Promise<void>;
  erase(returns: WayBack | undefined): Promise<void>;
  /** The server wants declarations to be in sync with these tokens, or asked for. */
  synchronize(tokens: Buffer | undefined, channel: MdmChannel): Promise<void>;
}

/** The keys of an acknowledgement. @throws CommandFailed CommandMalformed */
export type Answer = (context: CommandContext) => Plist | Promise<Plist>;
export type Answers = Readonly<Record<string, Answer>>;

/** A required string of a command. @throws CommandMalformed */
export const neededText = ({ command }: CommandContext, key: string): string => {
  const text = textOf(command[key]);
  if (text === undefined) throw new CommandMalformed(`${key} is missing`);
  return text;
};

/** Required bytes of a command. @throws CommandMalformed */
export const neededData = ({ command }: CommandContext, key: string): Buffer => {
  const data = dataOf(command[key]);
  if (data === undefined) throw new CommandMalformed(`${key} is missing`);
  return data;
};

export const isMac = ({ parts }: CommandContext): boolean => parts.hardware.kind === "Mac";
