import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type Attack, fieldsOf, hasBody } from "./attack.ts";
import type { Door } from "./door.ts";
import { headOf, type Wire } from "./raw-exchange.ts";

const MIB = 1024 ** 2;
const HUGE_BYTES = 64 * MIB;

const sendWhole = async (
  door: Door,
  wire: Wire,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<void> => {
  await wire.send(headOf(door, { ...headers, "content-length": Buffer.byteLength(body) }));
  await wire.send(body);
};

const whole = (
  name: string,
  expect: Attack["expect"],
  make: (door: Door) => string | Buffer,
  headers?: Record<string, string>,
): Attack => ({
  name,
  expect,
  fits: hasBody,
  talk: (door, wire) => sendWhole(door, wire, make(door), headers),
});

const otherType = (value: unknown): unknown => (typeof value === "string" ? { not: ["a", "text"] } : "not what it was");

const retyped = (door: Door): string => {
  const fields = Object.entries(fieldsOf(door)).map(([name, value]) => [name, otherType(value)]);
  return JSON.stringify(Object.fromEntries(fields));
};

/** Many members decompress one after the other as one stream (RFC 1952 §2.2), so 16 MiB is compressed only once. */
const bomb = (): Buffer => {
  const member = gzipSync(Buffer.alloc(16 * MIB, " "), { level: 9 });
  return Buffer.concat(Array.from({ length: 32 }, () => member));
};

const gzip = { "content-encoding": "gzip" };

const streamHuge = async (wire: Wire, frame: (chunk: Buffer) => Buffer): Promise<void> => {
  const chunk = Buffer.alloc(MIB, "x");
  for (let sent = 0; sent < HUGE_BYTES; sent += chunk.length) if (!(await wire.send(frame(chunk)))) return;
};

/** Bodies that are wrong: not what they claim, too much, too deep, or never whole. */
export const bodyAttacks: readonly Attack[] = [
  whole("malformed JSON", "refused", (door) => `${door.body?.slice(0, -1)},,`),
  whole("empty body", "refused", () => ""),
  whole("bytes that are no text", "refused", () => randomBytes(512)),
  whole("JSON that is no object", "refused", () => "[[1,2,3]]"),
  whole("JSON null", "refused", () => "null"),
  whole("every field of another type", "refused", retyped),
  whole("100,000 levels deep", "refused", () => `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`),
  whole("fields that touch prototypes", "answered", (door) =>
    JSON.stringify(fieldsOf(door)).replace(/^\{/, '{"__proto__":{"polluted":1},"constructor":{"prototype":{}},'),
  ),
  whole("wrong content type", "answered", (door) => door.body ?? "", { "content-type": "text/html" }),
  whole("gzip that is cut off", "refused", (door) => gzipSync(door.body ?? "").subarray(0, -12), gzip),
  whole("gzip that is none", "refused", (door) => door.body ?? "", gzip),
  whole("gzip bomb of 512 MiB", "refused", bomb, gzip),
  whole("unknown content encoding", "refused", (door) => door.body ?? "", { "content-encoding": "lzma" }),
  {
    name: "64 MiB with their length",
    expect: "refused",
    fits: hasBody,
    async talk(door, wire) {
      await wire.send(headOf(door, { "content-length": HUGE_BYTES + 2 }));
      await wire.send('{"');
      await streamHuge(wire, (chunk) => chunk);
    },
  },
  {
    name: "64 MiB in chunks",
    expect: "refused",
    fits: hasBody,
    async talk(door, wire) {
      await wire.send(headOf(door, { "transfer-encoding": "chunked" }));
      await wire.send('2\r\n{"\r\n');
      await streamHuge(wire, (chunk) =>
        Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]),
      );
    },
  },
  {
    name: "half a body, then silence",
    expect: "refused",
    waits: true,
    fits: hasBody,
    async talk(door, wire) {
      const body = door.body ?? "";
      await wire.send(headOf(door, { "content-length": Buffer.byteLength(body) }));
      await wire.send(body.slice(0, Math.ceil(body.length / 2)));
    },
  },
  {
    name: "half a body, then gone",
    expect: "gone",
    fits: hasBody,
    async talk(door, wire) {
      await wire.send(headOf(door, { "content-length": Buffer.byteLength(door.body ?? "") }));
      await wire.send("{");
    },
  },
];
