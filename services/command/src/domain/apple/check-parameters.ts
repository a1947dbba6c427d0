import { isXmlText } from "@muster/apple-protocol/plist/xml-scalars";
import type { Parameter, Parameters } from "./catalogue/parameter.ts";

/** What is given for a command, as the API takes it: data is base64 text. */
export type Given = Readonly<Record<string, unknown>>;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What is wrong with the parameters of a command, each with the path of its key; nothing when all is well. */
export function problemsOf(given: Given, allowed: Parameters, isOpen = false, path = ""): string[] {
  const problems = Object.entries(allowed)
    .filter(([key, { required }]) => required === true && given[key] === undefined)
    .map(([key]) => `${path}${key} is missing`);
  for (const [key, value] of Object.entries(given)) {
    const parameter = Object.hasOwn(allowed, key) ? allowed[key] : undefined;
    if (parameter !== undefined) problems.push(...problemsIn(value, parameter, path + key));
    else if (!isOpen) problems.push(`${path}${key} is no key of this command`);
    else problems.push(...uncarriedIn({ [key]: value }, path));
  }
  return problems;
}

function problemsIn(value: unknown, parameter: Parameter, path: string): string[] {
  switch (parameter.type) {
    case "text":
      if (typeof value !== "string") return [`${path} has to be text`];
      if (!isXmlText(value)) return [uncarried(path)];
      return parameter.among === undefined || parameter.among.includes(value)
        ? []
        : [`${path} has to be one of ${parameter.among.join(", ")}`];
    case "flag":
      return typeof value === "boolean" ? [] : [`${path} has to be true or false`];
    case "whole":
      if (typeof value !== "number" || !Number.isSafeInteger(value)) return [`${path} has to be a whole number`];
      return parameter.among === undefined || parameter.among.includes(value)
        ? []
        : [`${path} has to be one of ${parameter.among.join(", ")}`];
    case "data":
      return typeof value === "string" && BASE64.test(value) ? [] : [`${path} has to be data in base64`];
    case "list":
      return Array.isArray(value)
        ? value.flatMap((each: unknown, index) => problemsIn(each, parameter.of, `${path}[${index}]`))
        : [`${path} has to be a list`];
    case "dictionary":
      return isRecord(value) ? problemsOf(value, parameter.keys, true, `${path}.`) : [`${path} has to be a dictionary`];
    default:
      return parameter satisfies never;
  }
}

const uncarried = (path: string): string => `${path} cannot be carried by a property list`;

/** What of a dictionary that the catalogue does not describe no device could be told: a property list has no null. */
const uncarriedIn = (given: Given, path: string): string[] =>
  Object.entries(given).flatMap(([key, value]) =>
    isXmlText(key) ? uncarriedOf(value, path + key) : [uncarried(path + key)],
  );

function uncarriedOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each: unknown, index) => uncarriedOf(each, `${path}[${index}]`));
  if (isRecord(value)) return uncarriedIn(value, `${path}.`);
  const isCarried =
    typeof value === "string" ? isXmlText(value) : typeof value === "number" || typeof value === "boolean";
  return isCarried ? [] : [uncarried(path)];
}

const isRecord = (value: unknown): value is Given =>
  typeof value === "object" && value !== null && !Array.isArray(value);
