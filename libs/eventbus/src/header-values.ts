import type { JsMsg } from "@nats-io/jetstream";

/** What nats-core keeps of a message that came: its headers and its body as they were sent, and where the headers end. */
interface Received {
  readonly msg?: { readonly _rdata?: unknown; readonly _msg?: { readonly hdr?: unknown } };
}

/**
 * A message's headers by name, the first value of each. nats-core itself compares each name with all before it and puts it
 * together letter by letter: for an event that takes 7 µs, half of what it costs to read it, and this half a microsecond. Where
 * the client keeps a message otherwise than known here, its own reading serves.
 */
export function headerValues(message: JsMsg): ReadonlyMap<string, string> {
  const { msg } = message as Received;
  // oxlint-disable no-underscore-dangle -- the names are nats-core's
  const bytes = msg?._rdata;
  const end = msg?._msg?.hdr;
  // oxlint-enable no-underscore-dangle
  if (bytes instanceof Uint8Array && typeof end === "number" && end > 0) return valuesIn(bytes, end);
  return new Map(
    [...(message.headers ?? [])].flatMap(([name, [value]]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** As NATS' protocol has it: a line for the version, then one for each header, each with its line break (ADR-4). */
function valuesIn(bytes: Uint8Array, end: number): Map<string, string> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, end).toString();
  const values = new Map<string, string>();
  for (let start = text.indexOf("\r\n") + 2; start > 1 && start < text.length; ) {
    const lineEnd = text.indexOf("\r\n", start);
    const colon = text.indexOf(":", start);
    if (lineEnd < 0 || colon < 0) break;
    if (colon < lineEnd) {
      const name = text.slice(start, colon);
      if (!values.has(name)) values.set(name, text.slice(colon + 1, lineEnd).trim());
    }
    start = lineEnd + 2;
  }
  return values;
}
