import type { AnswerRow } from "../sql/engine.ts";
import type { Difference } from "./difference.ts";

export interface LineContext {
  readonly name: string;
  readonly host: string;
  readonly at: Date;
  readonly epoch: number;
  /** How often the query ran since its first full answer. */
  readonly counter: number;
  readonly decorations: Readonly<Record<string, string>>;
  readonly decorationsOnTop: boolean;
}

type Line = Readonly<Record<string, unknown>>;

/** The one line of a snapshot query. */
export const snapshotLine = (context: LineContext, rows: readonly AnswerRow[]): Line => ({
  ...head(context),
  action: "snapshot",
  snapshot: rows,
});

/** The lines of what changed; none when nothing did. */
export function differenceLines(context: LineContext, { added, removed }: Difference, lineForEachRow: boolean): Line[] {
  if (!lineForEachRow) {
    return added.length + removed.length === 0 ? [] : [{ ...head(context), diffResults: { added, removed } }];
  }
  const lines = (action: string, rows: readonly AnswerRow[]) =>
    rows.map((columns) => ({ ...head(context), columns, action }));
  return [...lines("removed", removed), ...lines("added", added)];
}

/** What an osquery logger says of each line (osquery's results log, event format). */
function head({ name, host, at, epoch, counter, decorations, decorationsOnTop }: LineContext): Line {
  const common = { name, hostIdentifier: host, ...times(at), epoch, counter, numerics: false };
  return decorationsOnTop ? { ...decorations, ...common } : { ...common, decorations };
}

/** As osquery writes times: `Tue Sep 30 17:37:30 2014 UTC`, and seconds since 1970. */
export function times(at: Date): { readonly calendarTime: string; readonly unixTime: number } {
  const [day = "", date = "", month = "", year = "", time = ""] = at.toUTCString().replace(",", "").split(" ");
  return {
    calendarTime: `${day} ${month} ${Number(date)} ${time} ${year} UTC`,
    unixTime: Math.floor(at.getTime() / 1_000),
  };
}
