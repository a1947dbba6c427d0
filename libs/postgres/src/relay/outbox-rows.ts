import type { EventType } from "@muster/contracts/event";
import type { PublishableEvent } from "@muster/eventbus/publish";
import type { PoolClient } from "pg";
import { LEAST_ALIKE } from "../outbox.ts";
import type { Position } from "./steps.ts";

/** Bodies of one page, in bytes. A relay holds two pages, and what a page takes as objects and on its way comes on top. */
const PAGE_BYTES = 16 * 1024 * 1024;

/** What was committed after a position, and before whatever is still open. */
const NEW = "(o.xid, o.seq) > ($1::xid8, $2::bigint) and o.xid < pg_snapshot_xmin(pg_current_snapshot())";

/** A row of the outbox as the relay reads it. */
export type OutboxEvent = Position & PublishableEvent;

interface StoredRow extends Position {
  readonly id: string;
  readonly tenant: string;
  readonly type: EventType;
  readonly device_id: string;
  readonly actor: string;
  readonly traceparent: string;
  readonly body: string;
  readonly created_at: Date;
}

/** The outbox as one relay sees it, over the connection that holds its lock. */
export class OutboxRows {
  readonly #client: PoolClient;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  /** Whether this connection holds the office from now on, until it is closed. */
  async elect(): Promise<boolean> {
    const { rows } = await this.#client.query<{ held: boolean }>(
      "select pg_try_advisory_lock('outbox_cursor'::regclass::oid::bigint) as held",
    );
    return rows[0]?.held === true;
  }

  /** Begins a new epoch: no earlier relay moves the cursor any more. */
  async takeOffice(): Promise<{ epoch: string; cursor: Position }> {
    const { rows } = await this.#client.query<Position & { epoch: string }>(
      "update outbox_cursor set epoch = epoch + 1, alike_epoch = epoch + 1 returning epoch, xid::text, seq",
    );
    const [row] = rows;
    if (row === undefined) throw new Error("the outbox has no cursor");
    // A cursor that a crash takes back costs nothing: the stream's last event says how far the bus was told.
    await this.#client.query("set synchronous_commit to off");
    // Else the look at what is new would be planned each time anew, with all the outbox's partitions.
    await this.#client.query("set plan_cache_mode to force_generic_plan");
    return { epoch: row.epoch, cursor: { xid: row.xid, seq: row.seq } };
  }

  /**
   * Says that nobody in office reads events that share a row any more: whoever comes next may be of a release that passes over them.
   * @returns the transaction that says it; undefined when another relay took over.
   */
  async resign(epoch: string): Promise<string | undefined> {
    const { rows } = await this.#client.query<{ xid: string }>(
      "update outbox_cursor set alike_epoch = null where epoch = $1 returning pg_current_xact_id()::text as xid",
      [epoch],
    );
    return rows[0]?.xid;
  }

  /** Whether all transactions have ended that began before this one. */
  async isPast(xid: string): Promise<boolean> {
    const { rows } = await this.#client.query<{ past: boolean }>(
      "select $1::xid8 < pg_snapshot_xmin(pg_current_snapshot()) as past",
      [xid],
    );
    return rows[0]?.past === true;
  }

  /**
   * What was committed after a position, in order. Nothing from transactions that began after one that is still open:
   * a row of that one would otherwise be passed over for ever. At most `limit` rows, and fewer where bodies are large.
   */
  async after(position: Position, limit: number): Promise<OutboxEvent[]> {
    const { rows } = await this.#client.query<StoredRow>({
      // The limit is a part of the statement: a plan for any number of rows would be one for very many.
      name: `outbox-after-${limit}`,
      // A bare xid in "order by" would be the text of the first column, by which 1000 comes before 999. Of events that are alike
      // no more rows are opened than may come into the page, the first of which may be told in part.
      text: `select o.xid::text, o.seq, id, tenant, type, device_id, actor, traceparent,
          case when own_id is null then body else format(body, device_id, own_id) end as body, created_at from (
          select p.*, sum(octet_length(p.body)) over (order by p.xid, p.seq) - octet_length(p.body) as before from (
            (select xid, seq, id, tenant, type, device_id, actor, traceparent, body, created_at, null::uuid as own_id
              from outbox o where ${NEW} order by o.xid, o.seq limit ${limit})
            union all
            (select a.xid, a.seq - a.events + n.place, n.id, tenant, type, n.device_id::text, actor, traceparent, body, created_at, n.own_id
              from (select next.*, sum(events) over w - events - first_value(events) over w as before
                from (select * from outbox_alike o where ${NEW}
                  order by o.xid, o.seq limit ${Math.ceil(limit / LEAST_ALIKE) + 1}) next
                window w as (order by next.xid, next.seq)) a,
                unnest(a.ids, a.device_ids, a.own_ids) with ordinality as n (id, device_id, own_id, place)
              where a.before < ${limit} and (a.xid, a.seq - a.events + n.place) > ($1::xid8, $2::bigint))
            order by xid, seq limit ${limit}) p) o
        where o.before < $3 order by o.xid, o.seq`,
      values: [position.xid, position.seq, PAGE_BYTES],
    });
    return rows.map(({ device_id: deviceId, created_at: time, ...row }) => ({ ...row, deviceId, time }));
  }

  /** Where an event stands in the outbox, if it does, and whether this epoch is still the last. */
  async find(eventId: string | undefined, epoch: string): Promise<{ told: Position | undefined; inOffice: boolean }> {
    const { rows } = await this.#client.query<{ in_office: boolean; xid: string | null; seq: string | null }>(
      `select c.epoch = $2 as in_office, o.xid::text, o.seq
       from outbox_cursor c left join outbox_events($1::uuid, $1::uuid) o on true`,
      [eventId ?? null, epoch],
    );
    const [row] = rows;
    const told = row?.xid && row.seq ? { xid: row.xid, seq: row.seq } : undefined;
    return { told, inOffice: row?.in_office === true };
  }

  /** Moves the cursor; false when another relay took over. */
  async keep({ xid, seq }: Position, epoch: string): Promise<boolean> {
    const { rowCount } = await this.#client.query({
      name: "outbox-keep",
      text: "update outbox_cursor set xid = $1::xid8, seq = $2 where epoch = $3",
      values: [xid, seq, epoch],
    });
    return rowCount === 1;
  }
}
