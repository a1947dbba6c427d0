/** What sort of no it is; each door maps these nine to its own statuses, once. */
export type RefusalKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "changed"
  | "too_large"
  | "too_many"
  | "unavailable";

interface RefusalOptions {
  readonly cause?: unknown;
  /** After how many seconds the caller may try again; for too_many and unavailable. */
  readonly retryAfterSec?: number;
}

/** A no that the caller can understand: the code is stable and part of the API, the message says what to do. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  readonly kind: RefusalKind;
  readonly retryAfterSec: number | undefined;

  constructor(code: string, kind: RefusalKind, message: string, options: RefusalOptions = {}) {
    super(message, options);
    this.code = code;
    this.kind = kind;
    this.retryAfterSec = options.retryAfterSec;
  }
}

/**
 * Makes the function a service refuses with, from its closed list of codes:
 *
 *     export const refuse = refusals({ "enrollment.unknown": "not_found" });
 *     throw refuse("enrollment.unknown", `there is no device ${id}`);
 */
export const refusals =
  <const Codes extends Record<string, RefusalKind>>(codes: Codes) =>
  (code: keyof Codes & string, message: string, options?: RefusalOptions): Refusal =>
    new Refusal(code, codes[code] as RefusalKind, message, options);
