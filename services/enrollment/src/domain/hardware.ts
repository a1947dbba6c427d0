const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/;

/** What stands in its place on Apple's devices that are no Macs: chip and exclusive chip id, or a digest before those had one. */
const UDID = /^(?:[0-9a-f]{8}-[0-9a-f]{16}|[0-9a-f]{40})$/;

/** What firmware vendors ship on many machines at once, without dashes. */
const SHARED_UUIDS = new Set([
  "03000200040005000006000700080009",
  "00020003000400050006000700080009",
  "030201000504070608090a0b0c0d0e0f",
  "000102030405060708090a0b0c0d0e0f",
  "123456781234567890abcddeefaabbcc",
  "12345678123412341234123456789012",
  // Dell's "DELL" prefix with blanks where the service tag should be.
  "4c4c454400002010802080c04f202020",
]);

const NO_SERIALS = new Set([
  "none",
  "null",
  "n/a",
  "not specified",
  "not applicable",
  "not available",
  "unspecified",
  "undefined",
  "unknown",
  "invalid",
  "empty",
  "default",
  "default string",
  "serial number",
  "system serial number",
  "chassis serial number",
  "base board serial number",
  "to be filled by o.e.m.",
  "to be filled by oem",
  "o.e.m.",
  "no asset information",
  "0123456789",
  "1234567890",
  "123456789",
  "12345678",
]);

const SHORTEST_SERIAL = 4;

/** The hardware UUID, or the UDID in its place, in one spelling; nothing when it is none, or one that many machines have. */
export function usableUuid(raw: string): string | undefined {
  const text = raw
    .trim()
    .toLowerCase()
    .replace(/^\{|\}$/g, "");
  if (UDID.test(text)) return text;
  if (!UUID.test(text)) return undefined;
  const hex = text.replaceAll("-", "");
  if (SHARED_UUIDS.has(hex) || isOneByteRepeated(hex)) return undefined;
  return hex;
}

/** The serial number in one spelling; nothing when the vendor left a placeholder. */
export function usableSerial(raw: string): string | undefined {
  const text = raw.trim().toLowerCase().replace(/\s+/g, " ");
  if (text.length < SHORTEST_SERIAL || NO_SERIALS.has(text)) return undefined;
  if (/^(.)\1*$/.test(text) || !/[a-z0-9]/.test(text)) return undefined;
  return text;
}

const isOneByteRepeated = (hex: string): boolean => hex === hex.slice(0, 2).repeat(16);

/** The first label of a hostname: hosts tell their name now with, now without the domain. */
export const shortHostname = (hostname: string): string => hostname.trim().toLowerCase().split(".")[0] ?? "";

/** Whether two names may be one host's: equal, or one of them without its domain. */
export function sameHostname(one: string, other: string): boolean {
  const [a, b] = [withoutLocal(one), withoutLocal(other)];
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

// macOS adds .local where the network gives it no domain, and takes it away again.
const withoutLocal = (hostname: string): string =>
  hostname
    .trim()
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/\.local$/, "");
