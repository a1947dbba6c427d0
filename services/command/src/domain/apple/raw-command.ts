import { toJson } from "@muster/apple-protocol/mdm/json";
import { PlistError } from "@muster/apple-protocol/plist/plist-error";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import { isDict, type PlistDict } from "@muster/apple-protocol/plist/value";
import { refuse } from "../refusals.ts";

export interface RawCommand {
  /** As the property list says it. */
  readonly requestType: string;
  readonly command: PlistDict;
}

/** Reads a command that was given as a property list: the Command dictionary, or the whole message around it. */
export function readRawCommand(rawPlist: string): RawCommand {
  const bad = (message: string, cause?: unknown) =>
    refuse("command.bad_request", `apple.raw_plist ${message}`, { cause });
  const plist = readOr(rawPlist, (error) => bad(`is no property list: ${error.message}`, error));
  if (!isDict(plist)) throw bad("is no dictionary");
  const inner = plist["Command"];
  const command = inner === undefined ? plist : inner;
  if (!isDict(command)) throw bad("has a Command that is no dictionary");
  const { RequestType: requestType } = command;
  if (typeof requestType !== "string" || requestType === "") throw bad("has no RequestType");
  return { requestType, command };
}

/** The keys of such a command as they would be given without a property list. */
export const rawParameters = ({ command }: RawCommand): Readonly<Record<string, unknown>> =>
  toJson(command) as Readonly<Record<string, unknown>>;

function readOr(rawPlist: string, refusal: (error: PlistError) => Error) {
  try {
    return readPlist(Buffer.from(rawPlist));
  } catch (error) {
    if (!(error instanceof PlistError)) throw error;
    throw refusal(error);
  }
}
