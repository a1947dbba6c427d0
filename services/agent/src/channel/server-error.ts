/** The server answered, but not with success. `code` is the problem document's, or `http.<status>`. */
export class ServerError extends Error {
  readonly status: number;
  readonly code: string;
  /** From Retry-After. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterMs?: number) {
    super(message);
    this.name = "ServerError";
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The code with which the server asks for a new enrollment. */
export const REENROLL = "agent.reenroll";

/** This identity is no longer good: the device must enroll again. */
export class ReenrollNeeded extends Error {
  constructor(options?: ErrorOptions) {
    super("the server asks for a new enrollment", options);
    this.name = "ReenrollNeeded";
  }
}

/** Turns a refusal that means «enroll again» into ReenrollNeeded; leaves everything else as it is. */
export function asReenroll(error: unknown): unknown {
  const asked = error instanceof ServerError && error.code === REENROLL && [401, 403].includes(error.status);
  return asked ? new ReenrollNeeded({ cause: error }) : error;
}
