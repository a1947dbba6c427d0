import { writeCommand } from "@muster/apple-protocol/mdm/command";
import type { Writable, WritableDict } from "@muster/apple-protocol/plist/write-plist";
import type { AppleBody } from "../domain/apple/apple-body.ts";
import { factsOf } from "../domain/apple/catalogue/catalogue.ts";
import type { Parameter, Parameters } from "../domain/apple/catalogue/parameter.ts";
import { readRawCommand } from "../domain/apple/raw-command.ts";

type Given = Readonly<Record<string, unknown>>;

/** A command as its device reads it; nothing when it holds what a property list cannot carry. */
export function commandPlist(id: string, requestType: string, { parameters, rawPlist }: AppleBody): Buffer | undefined {
  try {
    const given = dictionaryOf(parameters, factsOf(requestType)?.parameters ?? {});
    const command = rawPlist === undefined ? {} : readRawCommand(rawPlist).command;
    return writeCommand(id, { RequestType: requestType, ...merged(command, given) });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What a property list says, with what is put in: also into its dictionaries, which keep what else they hold. */
const merged = (said: WritableDict, given: WritableDict): WritableDict => ({
  ...said,
  ...Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const held = said[key];
      return [key, isDictionary(held) && isDictionary(value) ? merged(held, value) : value];
    }),
  ),
});

const isDictionary = (value: Writable | undefined): value is WritableDict =>
  typeof value === "object" && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Uint8Array);

const dictionaryOf = (given: Given, keys: Parameters): Record<string, Writable> =>
  Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      writable(value, Object.hasOwn(keys, key) ? keys[key] : undefined),
    ]),
  );

/** What was given in JSON, as a property list holds it: text becomes data where the command has data. */
function writable(value: unknown, parameter: Parameter | undefined): Writable {
  if (parameter?.type === "data" && typeof value === "string") return Buffer.from(value, "base64");
  if (Array.isArray(value)) {
    const of = parameter?.type === "list" ? parameter.of : undefined;
    return value.map((each: unknown) => writable(each, of));
  }
  if (typeof value === "object" && value !== null)
    return dictionaryOf(value as Given, parameter?.type === "dictionary" ? parameter.keys : {});
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new RangeError("a property list has no such value");
}
