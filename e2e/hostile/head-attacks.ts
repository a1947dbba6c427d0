import { type Attack, fieldsOf } from "./attack.ts";
import type { Door } from "./door.ts";
import { headOf, type Wire } from "./raw-exchange.ts";

const always = (): boolean => true;

/** The names under which protocols of this platform carry what authenticates a caller. */
const CREDENTIAL =
  /^(node_key|orbit_node_key|enroll_secret|token|authorization|cookie|client-cert|muster-ingress-key)$/i;

const withCredentials = (door: Door, change: (value: string) => string | undefined): Door => {
  const edit = (all: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => {
        if (!CREDENTIAL.test(name) || typeof value !== "string") return [[name, value]];
        const changed = change(value);
        return changed === undefined ? [] : [[name, changed]];
      }),
    );
  return {
    ...door,
    headers: edit(door.headers ?? {}) as Record<string, string>,
    ...(door.body === undefined ? {} : { body: JSON.stringify(edit(fieldsOf(door))) }),
  };
};

const hasCredentials = (door: Door): boolean =>
  [...Object.keys(door.headers ?? {}), ...Object.keys(fieldsOf(door))].some((name) => CREDENTIAL.test(name));

/** Swaps a letter near the end: a signature that is nearly right. */
const forge = (value: string): string => `${value.slice(0, -3)}${value.at(-3) === "A" ? "B" : "A"}${value.slice(-2)}`;

const sendAll = async (door: Door, wire: Wire, headers: Record<string, string> = {}, path?: string): Promise<void> => {
  const body = door.body ?? "";
  const length = door.body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  await wire.send(headOf(door, { ...headers, ...length }, path) + body);
};

const credentials = (name: string, change: (value: string) => string | undefined): Attack => ({
  name,
  expect: "refused",
  fits: hasCredentials,
  talk: (door, wire) => sendAll(withCredentials(door, change), wire),
});

const atPath = (name: string, expect: Attack["expect"], path: (door: Door) => string): Attack => ({
  name,
  expect,
  fits: always,
  talk: (door, wire) => sendAll(door, wire, {}, path(door)),
});

const pathOf = (door: Door): string => new URL(door.url).pathname;

/** Heads that are wrong: who asks, what for, how much, how slowly. */
export const headAttacks: readonly Attack[] = [
  credentials("no credentials", () => undefined),
  credentials("forged credentials", forge),
  credentials("credentials of 100 kB", () => "A".repeat(100_000)),
  credentials("credentials with quotes", () => "' or 1=1; drop table devices --"),
  atPath("unknown path", "refused", (door) => `${pathOf(door)}/no-such-place-${Date.now()}`),
  atPath("path traversal", "refused", (door) => `${pathOf(door)}/../../../../../../etc/passwd`),
  atPath("encoded path traversal", "refused", (door) => `${pathOf(door)}/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd`),
  atPath("broken percent encoding", "refused", (door) => `${pathOf(door)}/%zz%00%ff`),
  atPath("query of 60 kB", "answered", (door) => `${pathOf(door)}?q=${"a".repeat(60_000)}`),
  {
    name: "headers of 1 MB",
    expect: "refused",
    fits: always,
    talk: (door, wire) => sendAll(door, wire, { "x-large": "a".repeat(1_000_000) }),
  },
  {
    name: "5,000 headers",
    expect: "answered",
    fits: always,
    talk: (door, wire) =>
      sendAll(door, wire, Object.fromEntries(Array.from({ length: 5000 }, (_, place) => [`x-${place}`, "1"]))),
  },
  {
    name: "forged trust of the ingress",
    expect: "answered",
    fits: always,
    talk: (door, wire) =>
      sendAll(door, wire, {
        "client-cert": ":AAAA:",
        "muster-ingress-key": "guess",
        "x-forwarded-for": "127.0.0.1, ::1",
      }),
  },
  {
    name: "two lengths",
    expect: "refused",
    fits: always,
    talk: async (door, wire) => void (await wire.send(headOf(door, { "content-length": 3, "Content-Length": 5 }))),
  },
  {
    name: "not HTTP at all",
    expect: "refused",
    fits: always,
    talk: async (_door, wire) => void (await wire.send("EHLO there\r\n\r\n")),
  },
  {
    name: "slow headers",
    expect: "refused",
    waits: true,
    fits: always,
    async talk(door, wire) {
      await wire.send(headOf(door, {}).slice(0, -2));
      for (let line = 0; await wire.send(`x-slow-${line}: 1\r\n`); line += 1) await wire.pause(500);
    },
  },
];
