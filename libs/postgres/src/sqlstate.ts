/** What Postgres says may be tried again as it is: another transaction was in the way. */
const BUSY = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "55P03", // lock_not_available
]);

/** The server goes or comes, or has no room for another connection. */
const AWAY = new Set([
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "53300", // too_many_connections
]);

// What pg itself says has no code. "Not queryable" is what a rollback meets after the connection broke in the middle.
const CONNECTION_BROKE =
  /Connection terminated|is not queryable|Client was closed|ECONNREFUSED|ECONNRESET|EPIPE|timeout exceeded when trying to connect/;

/** Whether the same work may succeed when it is simply done again a little later. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, table } = error as { code?: unknown; table?: unknown };
  // The row was on its way into the outbox's default partition when its day got one of its own: next time it finds it.
  if (code === "23514" && table === "outbox_rest") return true;
  return isAway(error) || isPlanOutdated(error) || (typeof code === "string" && BUSY.has(code));
}

/** Whether the server itself could not be reached or is closing, so that no statement of ours can be the cause. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string" && (AWAY.has(code) || code.startsWith("08"))) return true;
  if (error instanceof AggregateError) return error.errors.some(isAway);
  return CONNECTION_BROKE.test(error.message) || (typeof code === "string" && CONNECTION_BROKE.test(code));
}

export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  error instanceof Error &&
  (error as { code?: unknown }).code === "23505" &&
  (constraint === undefined || (error as { constraint?: unknown }).constraint === constraint);

/**
 * Whether a prepared statement would return other columns than when it was prepared, because a migration came in between. When the
 * work is done again, it is prepared anew.
 */
export function isPlanOutdated(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, routine } = error as { code?: unknown; routine?: unknown };
  return code === "0A000" && routine === "RevalidateCachedQuery";
}
