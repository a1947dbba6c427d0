/** The numbers with which Apple says that the token itself is not good any more, and what to do about it. */
const TOKEN_PROBLEMS: ReadonlyMap<number, string> = new Map([
  [9601, "Apple does not know the token; download a new one and upload it"],
  [9621, "the token has expired; download a new one and upload it"],
  [9622, "Apple does not know the token; download a new one and upload it"],
  [9625, "the token was revoked; download a new one and upload it"],
]);

interface Told {
  readonly status: number;
  readonly number: number;
  readonly message: string;
  readonly retryAfterMs: number;
}

/** Apps and Books answered with an error, or not at all (status 0). */
export class AppsAndBooksError extends Error {
  readonly status: number;
  /** Apple's errorNumber; 0 without one. */
  readonly number: number;
  readonly retryAfterMs: number;

  constructor({ message, number, retryAfterMs, status }: Told, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.number = number;
    this.retryAfterMs = retryAfterMs;
  }

  /** What is wrong with the token; nothing when it is something else. */
  get tokenProblem(): string | undefined {
    return TOKEN_PROBLEMS.get(this.number) ?? (this.status === 401 ? TOKEN_PROBLEMS.get(9622) : undefined);
  }
}
