/** Why Apple did not do what was asked, in the words of the device-enrollment API where it has any. */
export type AbmProblem =
  /** Somebody has to agree to Apple's changed terms (T_C_NOT_SIGNED). */
  | "terms_changed"
  /** The token is not known, not good any more, or not for this. */
  | "token_refused"
  /** The cursor is at its end: what comes after is asked for with it as changes. */
  | "cursor_exhausted"
  /** The cursor is too old, or not Apple's: the list begins anew. */
  | "cursor_lost"
  /** A profile is not known to Apple any more. */
  | "profile_unknown"
  /** The organisation takes part in no beta programs (APPLE_SEED_FOR_IT_TURNED_OFF). */
  | "beta_off"
  /** Apple cannot be reached, or asks to come again later. */
  | "unavailable"
  /** Apple says that what we sent is wrong. */
  | "rejected"
  /** What Apple answered is not what the API promises. */
  | "unreadable";

export class AbmError extends Error {
  override readonly name = "AbmError";
  readonly problem: AbmProblem;
  /** When Apple asks to be asked again; for `unavailable`. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: AbmProblem, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, options);
    this.problem = problem;
    this.retryAfterMs = options.retryAfterMs;
  }
}
