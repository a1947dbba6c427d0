import type { OutgoingEvent } from "../../domain/outgoing-event.ts";

/** Azure Monitor, "Service limits": an API call of the Logs Ingestion API has at most 1 MB, compressed or not. */
export const CALL_BYTES = 1_000_000;

/** One event as a row of the stream. */
export interface Row {
  readonly event: OutgoingEvent;
  readonly json: string;
}

/** A table has to have TimeGenerated; what else a row has is for the data collection rule to pick from. */
export const rowOf = (event: OutgoingEvent): Row => ({
  event,
  json: `{"TimeGenerated":"${event.time.toISOString()}",${event.text.slice(1)}`,
});

/** Whether a row fits into a call of its own. */
export const fits = ({ json }: Row): boolean => Buffer.byteLength(json) + 2 <= CALL_BYTES;

export const bodyOf = (rows: readonly Row[]): string => `[${rows.map(({ json }) => json).join(",")}]`;

/** Rows in their order, in as few calls as the limit allows; each of them fits. */
export function callsOf(rows: readonly Row[]): Row[][] {
  const calls: Row[][] = [];
  let bytes = CALL_BYTES;
  for (const row of rows) {
    // The comma before it or the bracket, and the bracket at the end.
    const more = Buffer.byteLength(row.json) + 1;
    if (bytes + more > CALL_BYTES) {
      calls.push([]);
      bytes = 1;
    }
    bytes += more;
    calls.at(-1)?.push(row);
  }
  return calls;
}
