import type { TryReport } from "./try-api.ts";

/** The counts in one line, and what was found. */
export function formatTried({ operations, reached, requests, byStatus, findings }: TryReport): string {
  const statuses = [...byStatus].sort(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`);
  const counts = `${operations} methods, ${reached.size} reached with a 2xx, ${requests} requests: ${statuses.join(", ")}`;
  return [counts, ...findings].join("\n");
}
