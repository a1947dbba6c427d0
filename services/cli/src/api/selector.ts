import { usage } from "../failure.ts";

/** What the list of devices can be asked by (ListDevices in the API). */
const KEYS = {
  platform: "platform",
  label: "labelId",
  search: "search",
  software: "software",
  presence: "presence",
  "os-version": "osVersion",
  compliance: "compliance",
  condition: "condition",
} as const;

type Key = keyof typeof KEYS;

export const SELECTOR_KEYS = Object.keys(KEYS) as readonly Key[];

export type DeviceFilter = Readonly<Partial<Record<(typeof KEYS)[Key], string>>>;

/** The same, each as an option of its own, by the names that commander makes of them. */
export interface FilterOptions extends Readonly<Partial<Record<Exclude<Key, "os-version">, string>>> {
  readonly osVersion?: string;
}

/**
 * What selectors such as `platform=linux,label=finance`, and options, ask the list of devices for; all parts have to hold. A
 * comma inside a value needs no quoting: only one before the next `key=` separates. A label is still a name here.
 */
export function readSelectors(texts: readonly string[], options: FilterOptions = {}): DeviceFilter {
  const filter = optionsIn(options);
  for (const part of texts.flatMap((text) => text.split(/,(?=[a-z-]+=)/))) {
    const [, key = "", value = ""] = /^([a-z-]+)=(.+)$/.exec(part.trim()) ?? [];
    const field = new Map<string, string>(Object.entries(KEYS)).get(key);
    if (field === undefined)
      throw usage(`"${part}" selects nothing: a selector is ${SELECTOR_KEYS.join("=…, ")}=…, or several with commas`);
    if (filter[field] !== undefined) throw usage(`a selector names ${key} once, and not beside --${key}`);
    filter[field] = value;
  }
  return filter;
}

function optionsIn(options: FilterOptions): Record<string, string> {
  const given = SELECTOR_KEYS.flatMap((key) => {
    const value = options[key === "os-version" ? "osVersion" : key];
    return value === undefined ? [] : [[KEYS[key], value] as const];
  });
  return Object.fromEntries(given);
}
