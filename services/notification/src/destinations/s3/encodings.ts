import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip as gzipCallback, zstdCompressSync } from "node:zlib";
import type { OutgoingEvent } from "../../domain/outgoing-event.ts";

const gzip = promisify(gzipCallback);

/** What objects hold. The same events become the same bytes. */
export interface Encoding {
  readonly ending: string;
  readonly contentType: string;
  encode(events: readonly OutgoingEvent[]): Promise<Uint8Array>;
}

/** One event a line, gzipped. */
export const ndjson: Encoding = {
  ending: ".ndjson.gz",
  contentType: "application/x-ndjson",
  encode: (events) => gzip(events.map(({ text }) => `${text}\n`).join("")),
};

/** Writing so many rows takes the process some 30 ms, in which it does nothing else. */
const ROWS_AT_ONCE = 1_000;

const COLUMNS = [
  { name: "time", type: "TIMESTAMP", nullable: false },
  { name: "type", type: "STRING", nullable: false },
  { name: "id", type: "STRING", nullable: false },
  { name: "tenant", type: "STRING", nullable: false },
  { name: "device_id", type: "STRING" },
  { name: "actor", type: "STRING" },
  { name: "trace_id", type: "STRING" },
  { name: "data", type: "STRING", nullable: false },
] as const;

/**
 * Apache Parquet, compressed with zstd. What one searches by has a column of its own; `data` is the event in the sink's
 * format as text, which every engine can read as JSON.
 */
export const parquet: Encoding = {
  ending: ".parquet",
  contentType: "application/vnd.apache.parquet",
  encode: async (events) => {
    // It takes 15 MB, which is spent only where there is such a sink.
    const { ByteWriter, parquetWriteRows } = await import("hyparquet-writer");
    const writer = new ByteWriter();
    await parquetWriteRows({
      // Others have their turn after each group of rows.
      writer: Object.assign(writer, { flush: () => nextTurn() }),
      rows: events.map(rowOf),
      columns: [...COLUMNS],
      codec: "ZSTD",
      compressors: { ZSTD: (page) => zstdCompressSync(page) },
      rowGroupSize: ROWS_AT_ONCE,
      createdBy: "Muster",
    });
    return writer.getBytes();
  },
};

const rowOf = ({ time, type, id, tenant, deviceId, actor, traceId, text }: OutgoingEvent) => ({
  time,
  type,
  id,
  tenant,
  device_id: deviceId || null,
  actor: actor || null,
  trace_id: traceId || null,
  data: text,
});
