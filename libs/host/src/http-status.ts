import type { RefusalKind } from "./refusal.ts";

/** How a refusal is said in HTTP. */
export const HTTP_STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  changed: 412,
  too_large: 413,
  too_many: 429,
  unavailable: 503,
} as const satisfies Record<RefusalKind, number>;
