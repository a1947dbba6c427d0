import { canonicalJson } from "./canonical-json.ts";

/** An event as the chain keeps it. */
export interface AuditedEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time: Date;
  readonly actor: string;
  readonly deviceId: string;
  readonly traceId: string;
  /** Its body, proto3 JSON. */
  readonly data: unknown;
}

/** What records are searched by; all of it stands in the content. */
export interface AuditFacets {
  readonly type: string;
  readonly time: Date;
  readonly actor: string;
  readonly deviceId: string;
  /** For a request: the right it needed, else empty. */
  readonly action: string;
  /** For a request: the name of an AuditOutcome, else empty. */
  readonly outcome: string;
}

/** The content of a record: what is hashed, byte for byte. */
export const contentOf = ({ time, ...event }: AuditedEvent): string =>
  canonicalJson({ ...event, time: time.toISOString() });

const REQUEST = "muster.gateway.v1.ActionTaken";

export function facetsOf({
  type,
  time,
  actor,
  deviceId,
  data,
}: Omit<AuditedEvent, "id" | "source" | "traceId">): AuditFacets {
  if (type !== REQUEST) return { type, time, actor, deviceId, ...NO_REQUEST };
  const { action = "", status } = data as { readonly action?: string; readonly status?: number };
  return { type, time, actor, deviceId, action, outcome: outcomeOf(status) };
}

const NO_REQUEST = { action: "", outcome: "" };

/** By the HTTP status of the answer; without one nobody knows. */
function outcomeOf(status: number | undefined): string {
  if (status === undefined || status === 0) return "AUDIT_OUTCOME_UNKNOWN";
  if (status < 400) return "AUDIT_OUTCOME_SUCCEEDED";
  return status < 500 ? "AUDIT_OUTCOME_REFUSED" : "AUDIT_OUTCOME_FAILED";
}

/** The columns that do not say what the content says. */
export function strayColumns(content: string, columns: AuditFacets): string[] {
  const event = JSON.parse(content) as Omit<AuditedEvent, "time"> & { readonly time: string };
  const facets = facetsOf({ ...event, time: new Date(event.time) });
  return (Object.keys(facets) as (keyof AuditFacets)[]).filter(
    (name) => JSON.stringify(facets[name]) !== JSON.stringify(columns[name]),
  );
}
