import type { Backoff } from "../channel/backoff.ts";
import { createBell } from "../channel/bell.ts";
import { ServerError } from "../channel/server-error.ts";
import type { Log } from "../log.ts";
import type { Identity } from "./identity.ts";

export type EnrollmentErrorCode = "enrollment.no_token" | "enrollment.refused";

/** The agent cannot get an identity, and trying again without somebody's help is of no use. */
export class EnrollmentError extends Error {
  readonly code: EnrollmentErrorCode;

  constructor(code: EnrollmentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EnrollmentError";
    this.code = code;
  }
}

export interface ObtainOptions {
  readonly token: string | undefined;
  readonly enroll: (token: string) => Promise<Identity>;
  readonly save: (identity: Identity) => Promise<void>;
  readonly backoff: Backoff;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Enrolls, waiting for a server that is away or busy. Undefined if the agent was stopped meanwhile. */
export async function obtainIdentity({
  token,
  enroll,
  save,
  backoff,
  log,
  signal,
}: ObtainOptions): Promise<Identity | undefined> {
  if (token === undefined) {
    throw new EnrollmentError(
      "enrollment.no_token",
      "this device is not enrolled and has no token; give --token, --token-file or MUSTER_AGENT_TOKEN",
    );
  }
  const pause = createBell();
  while (!signal.aborted) {
    try {
      const identity = await enroll(token);
      await save(identity);
      log.info("device enrolled", { device: identity.deviceId, tenant: identity.tenant });
      return identity;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (isFinal(error)) {
        throw new EnrollmentError("enrollment.refused", `${(error as Error).message}; ask for a new token`, {
          cause: error,
        });
      }
      const waitMs = backoff.afterMs(error);
      log.warn("enrollment failed, trying again", { error, waitMs });
      await pause.wait(waitMs, signal);
    }
  }
  return undefined;
}

const isFinal = (error: unknown): boolean =>
  error instanceof ServerError && error.status >= 400 && error.status < 500 && ![404, 408, 429].includes(error.status);
