import { Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { type AskedDevice, detailOf } from "../detail.ts";
import { factOf } from "../fact.ts";
import { DEEDS, mayDo } from "./deeds.ts";
import { THINGS, type Thing } from "./things.ts";

export interface OwnerStatement {
  readonly says: string;
  /** Whether it is kept, or may be done; otherwise it never is. */
  readonly holds: boolean;
  /** Empty when nothing is known, or no single value says it. */
  readonly value: string;
}

/** What is known of a device: values by fact. */
export type KnownFacts = ReadonlyMap<string, unknown>;

/** A column that no platform has: what keeps this keeps everything. */
const ANY_COLUMN = "any_other";

/** Whether a device's answer would be kept, by what keeps it: an answer is put in, and looked for in what comes out. */
export function isKept(device: AskedDevice, fact: string, column: string): boolean {
  const detail = detailOf(device, fact, [{ [column]: "1" }]);
  if (detail === undefined || !Array.isArray(detail.rows)) return false;
  if (detail.query.software !== undefined) return true;
  const [row] = [factOf(detail.rows, detail.query)].flat();
  return row !== undefined && column in row;
}

/** What this device's platform has to tell, each with whether it is kept of this device, and what is known of it now. */
export function describeThings({ platform, ownership }: AskedDevice, facts: KnownFacts): OwnerStatement[] {
  const corporate = { platform, ownership: Ownership.OWNERSHIP_CORPORATE };
  return THINGS.flatMap((thing) => {
    const kept = columnsKept({ platform, ownership }, thing);
    if (kept.length === 0 && columnsKept(corporate, thing).length === 0) return [];
    return [{ says: thing.says, holds: kept.length > 0, value: valueOf(thing, kept, facts) }];
  });
}

/** What else could be done with a device, each with whether it may be with this one. */
export const describeDeeds = (ownership: Ownership): OwnerStatement[] =>
  DEEDS.map(([deed, says]) => ({ says, holds: mayDo(deed, ownership === Ownership.OWNERSHIP_PERSONAL), value: "" }));

type Column = readonly [fact: string, column: string];

export const columnsOf = ({ from }: Pick<Thing, "from">): Column[] =>
  Object.entries(from).flatMap(([fact, columns]) =>
    (columns === "all" ? [ANY_COLUMN] : columns).map((column): Column => [fact, column]),
  );

const columnsKept = (device: AskedDevice, thing: Thing): Column[] =>
  columnsOf(thing).filter(([fact, column]) => isKept(device, fact, column));

function valueOf({ show = 1, yesOrNo }: Thing, kept: readonly Column[], facts: KnownFacts): string {
  const inWords = (text: string) => (yesOrNo === true ? (YES_OR_NO[text.toLowerCase()] ?? text) : text);
  const found = kept.map(([fact, column]) => {
    // A fact's columns are text and numbers.
    const rows = [facts.get(fact) ?? []].flat() as Readonly<Record<string, string | number>>[];
    // Of several rows only an answer of few words is shown, such as that of each disk.
    if (rows.length > 1 && yesOrNo !== true) return "";
    return [...new Set(rows.map((row) => inWords(String(row[column] ?? ""))))].filter((text) => text !== "").join(", ");
  });
  const values = [...new Set(found)].filter((text) => text !== "").slice(0, show);
  // Many a model's name begins with its maker's.
  return values.filter((text, index) => values[index + 1]?.startsWith(`${text} `) !== true).join(" ");
}

const YES_OR_NO: Readonly<Record<string, string>> = { "0": "no", false: "no", "1": "yes", true: "yes" };
