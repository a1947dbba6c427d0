import { usage } from "../failure.ts";

/** What the list of devices can be asked by (ListDevices in the API). */
const KEYS = {
  platform: "platform",
  label: "labelId",
  search: "search",
  software: "software",
  presence: "presence",
  "os-version": "osVersion",
} as const;

const SELECTOR_KEYS = Object.keys(KEYS);

export type DeviceFilter = Readonly<Partial<Record<(typeof KEYS)[keyof typeof KEYS], string>>>;

/**
 * What selectors such as `platform=linux,label=finance` ask the list of devices for; all parts have to hold. A comma inside
 * a value needs no quoting: only one before the next `key=` separates. A label is still a name here.
 */
export function readSelectors(texts: readonly string[]): DeviceFilter {
  const filter: Record<string, string> = {};
  for (const part of texts.flatMap((text) => text.split(/,(?=[a-z-]+=)/))) {
    const [, key = "", value = ""] = /^([a-z-]+)=(.+)$/.exec(part.trim()) ?? [];
    const field = new Map<string, string>(Object.entries(KEYS)).get(key);
    if (field === undefined)
      throw usage(`"${part}" selects nothing: a selector is ${SELECTOR_KEYS.join("=…, ")}=…, or several with commas`);
    if (filter[field] !== undefined) throw usage(`a selector names ${key} once`);
    filter[field] = value;
  }
  return filter;
}
