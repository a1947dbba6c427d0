/** What the platform answered instead of what was asked for (RFC 9457). */
export class Problem extends Error {
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  /** Stable, as docs/api-errors.md lists them; `client.unreachable` where no answer came, empty where it is not Muster's. */
  readonly code: string;

  constructor(status: number, code: string, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = "Problem";
    this.status = status;
    this.code = code;
  }
}

/** The problem in the body of an answer; a proxy in between may speak another language. */
export function problemOf(status: number, body: unknown): Problem {
  const { code = "", detail }: ProblemBody = typeof body === "object" && body !== null ? body : {};
  const text = typeof body === "string" ? body.slice(0, MAX_FOREIGN_TEXT) : "";
  return new Problem(status, code, detail ?? (text || `The server answered with ${status}.`));
}

export interface ProblemBody {
  readonly status?: number;
  readonly code?: string;
  readonly detail?: string;
}

const MAX_FOREIGN_TEXT = 300;
