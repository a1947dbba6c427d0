import { childrenOf, type DerElement, oidOf, textOf } from "../der/read-der.ts";
import { oid, printable, sequence, set, utf8 } from "../der/write-der.ts";

/** Parts of a name by their usual letters (RFC 4519). */
const PARTS = {
  CN: "2.5.4.3",
  C: "2.5.4.6",
  L: "2.5.4.7",
  ST: "2.5.4.8",
  O: "2.5.4.10",
  OU: "2.5.4.11",
  UID: "0.9.2342.19200300.100.1.1",
  serialNumber: "2.5.4.5",
  emailAddress: "1.2.840.113549.1.9.1",
} as const;

export type NamePart = readonly [keyof typeof PARTS, string];

export const writeName = (parts: readonly NamePart[]): Buffer =>
  sequence(
    ...parts.map(([part, value]) => set(sequence(oid(PARTS[part]), part === "C" ? printable(value) : utf8(value)))),
  );

/** The values of a name by the letters of its parts; what has no letters here goes by its object identifier. */
export function readName(name: DerElement): Map<string, string> {
  const letters = new Map<string, string>(Object.entries(PARTS).map(([part, id]) => [id, part]));
  const values = new Map<string, string>();
  for (const rdn of childrenOf(name)) {
    for (const pair of childrenOf(rdn)) {
      const [type, value] = childrenOf(pair);
      const id = oidOf(type);
      if (value !== undefined) values.set(letters.get(id) ?? id, textOf(value));
    }
  }
  return values;
}
