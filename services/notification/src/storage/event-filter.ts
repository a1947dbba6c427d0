import { type RawBuilder, sql } from "kysely";
import type { EventFilter } from "../domain/event-filter.ts";

/** What activity a has to fulfil. Labels are those that its device carries now. */
export const conditionsOf = (filter: EventFilter): RawBuilder<unknown>[] => [
  ...(filter.typePatterns.length > 0 ? [sql`a.type like any(${filter.typePatterns}::text[])`] : []),
  ...(filter.servicePatterns.length > 0 ? [sql`a.type like any(${filter.servicePatterns}::text[])`] : []),
  ...(filter.deviceIds.length > 0 ? [sql`a.device_id = any(${filter.deviceIds}::text[]) and a.device_id <> ''`] : []),
  ...(filter.labelIds.length > 0
    ? [
        sql`exists (select 1 from device_labels l
          where l.tenant = a.tenant and l.device_id = a.device_id and l.label_ids && ${filter.labelIds}::text[])`,
      ]
    : []),
  ...(filter.since === undefined ? [] : [sql`a.time >= ${filter.since}`]),
];
