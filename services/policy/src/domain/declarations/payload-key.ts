/** What a key of a payload may hold. */
export type PayloadKey = { readonly required?: true } & (
  | { readonly type: "text"; readonly among?: readonly string[] }
  | { readonly type: "whole"; readonly among?: readonly number[] }
  | { readonly type: "flag" }
  | { readonly type: "list"; readonly of: PayloadKey }
  | { readonly type: "dictionary"; readonly keys: PayloadKeys }
  /** A dictionary whose keys are the administrator's, or are not written down here. */
  | { readonly type: "open" }
);

export type PayloadKeys = Readonly<Record<string, PayloadKey>>;

export const text: PayloadKey = { type: "text" };
export const whole: PayloadKey = { type: "whole" };
export const flag: PayloadKey = { type: "flag" };
export const open: PayloadKey = { type: "open" };
export const among = (...values: readonly string[]): PayloadKey => ({ type: "text", among: values });
export const list = (of: PayloadKey): PayloadKey => ({ type: "list", of });
export const dictionary = (keys: PayloadKeys): PayloadKey => ({ type: "dictionary", keys });
export const required = (key: PayloadKey): PayloadKey => ({ ...key, required: true });

export type Payload = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Payload =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What was found, each with the path of its key. */
export interface Findings {
  /** What no device can take. */
  readonly problems: string[];
  /** What a device of a later system may understand. */
  readonly warnings: string[];
}

/** Looks at every key of a payload. */
export function lookAt(payload: Payload, keys: PayloadKeys, findings: Findings, path = ""): void {
  for (const [name, { required: isRequired }] of Object.entries(keys))
    if (isRequired === true && payload[name] === undefined) findings.problems.push(`${path}${name} is missing`);
  for (const [name, value] of Object.entries(payload)) {
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (key === undefined) findings.warnings.push(`${path}${name} is no key that is known here`);
    else lookAtValue(value, key, findings, `${path}${name}`);
  }
}

function lookAtValue(value: unknown, key: PayloadKey, findings: Findings, path: string): void {
  const wrong = (what: string) => void findings.problems.push(`${path} has to be ${what}`);
  switch (key.type) {
    case "text":
      if (typeof value !== "string") wrong("text");
      else if (key.among?.includes(value) === false) wrong(`one of ${key.among.join(", ")}`);
      return;
    case "whole":
      if (typeof value !== "number" || !Number.isSafeInteger(value)) wrong("a whole number");
      else if (key.among?.includes(value) === false) wrong(`one of ${key.among.join(", ")}`);
      return;
    case "flag":
      if (typeof value !== "boolean") wrong("true or false");
      return;
    case "list":
      if (!Array.isArray(value)) wrong("a list");
      else for (const [index, each] of value.entries()) lookAtValue(each, key.of, findings, `${path}[${index}]`);
      return;
    case "dictionary":
      if (isRecord(value)) lookAt(value, key.keys, findings, `${path}.`);
      else wrong("a dictionary");
      return;
    case "open":
      if (!isRecord(value)) wrong("a dictionary");
      return;
    default:
      key satisfies never;
  }
}
