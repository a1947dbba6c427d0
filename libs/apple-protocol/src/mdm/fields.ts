import { isDict, type PlistDict, type PlistValue } from "../plist/value.ts";
import { MdmMessageError } from "./mdm-message-error.ts";

export function dictOf(value: PlistValue | undefined): PlistDict {
  if (!isDict(value)) throw new MdmMessageError("the message is no dictionary");
  return value;
}

/** A text, empty when it is not there. What has another type is not there. */
export function textAt(dict: PlistDict, key: string): string {
  const value = dict[key];
  return typeof value === "string" ? value : "";
}

export function requiredText(dict: PlistDict, key: string): string {
  const value = textAt(dict, key);
  if (value === "") throw new MdmMessageError(`${key} is missing`);
  return value;
}

export function dataAt(dict: PlistDict, key: string): Buffer | undefined {
  const value = dict[key];
  return value instanceof Uint8Array ? Buffer.from(value) : undefined;
}

export const flagAt = (dict: PlistDict, key: string): boolean | undefined => {
  const value = dict[key];
  return typeof value === "boolean" ? value : undefined;
};
