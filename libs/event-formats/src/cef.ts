import { isIPv4, isIPv6 } from "node:net";
import { type Gist, gistOf } from "./gist/gist.ts";
import type { ToldEvent } from "./told-event.ts";
import { traceIdOf } from "./trace-id.ts";

/** CEF counts 0 to 10: up to 3 is low, to 6 medium, to 8 high, above that very high. */
const SEVERITY: Readonly<Record<Gist["severity"], number>> = {
  informational: 1,
  low: 3,
  medium: 5,
  high: 8,
  critical: 10,
};

/** What the dictionary allows a custom string and a message to hold. */
const CUSTOM_STRING_LENGTH = 4_000;
const MESSAGE_LENGTH = 1_023;

const PRODUCT_VERSION = "1";

/**
 * An event in ArcSight's Common Event Format, version 0, with keys of its dictionary alone. It is for receivers that
 * understand nothing else: a body too long for a custom string is left out, which cs6Label then says.
 */
export function cefEvent(event: ToldEvent): string {
  const { message, outcome, severity } = gistOf(event);
  const name = wordsOf(event.type.split(".").at(-1) ?? event.type);
  const header = ["CEF:0", "Muster", "Muster", PRODUCT_VERSION, event.type, name, String(SEVERITY[severity])];
  const extension = Object.entries({ ...keysOf(event), outcome, msg: message.slice(0, MESSAGE_LENGTH) })
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}=${inExtension(value)}`);
  return `${header.map(inHeader).join("|")}|${extension.join(" ")}`;
}

function keysOf(event: ToldEvent): Readonly<Record<string, string>> {
  const { actor, device, deviceId, position, traceparent } = event;
  const { address = "", policy } = gistOf(event);
  const data = JSON.stringify(event.data ?? {});
  const fits = data.length <= CUSTOM_STRING_LENGTH;
  return {
    externalId: event.id,
    rt: String(event.time.getTime()),
    cat: event.type.split(".")[1] ?? "",
    suser: actor,
    ...(isIPv4(address) && { src: address }),
    ...(isIPv6(address) && { c6a2: address, c6a2Label: "Source IPv6 Address" }),
    dhost: device?.hostname ?? "",
    ...custom(1, "Tenant", event.tenant),
    ...custom(2, "Device", deviceId),
    ...custom(3, "Trace", traceIdOf(traceparent)),
    ...custom(4, "Position", position ?? ""),
    ...custom(5, "Policy", policy?.name ?? ""),
    ...(fits ? custom(6, "Event", data) : custom(6, "Event left out", String(data.length))),
  };
}

const custom = (place: number, label: string, value: string): Record<string, string> =>
  value === "" ? {} : { [`cs${place}`]: value, [`cs${place}Label`]: label };

/** DeviceEnrolled in words: Device enrolled. */
const wordsOf = (name: string): string => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Header fields are one line; a bar ends them, and a backslash takes a character as it is. */
const inHeader = (text: string): string => text.replace(/[\r\n]+/g, " ").replace(/[\\|]/g, "\\$&");

/** In values an equals sign would begin the next key; line breaks are written as \n and \r. */
const inExtension = (text: string): string =>
  text.replace(/[\\=]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
