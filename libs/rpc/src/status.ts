import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { Refusal, type RefusalKind } from "@muster/host/refusal";
import { textOf } from "./caller.ts";

/** How a refusal is said in gRPC. */
export const GRPC_STATUS = {
  invalid: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  not_found: status.NOT_FOUND,
  conflict: status.FAILED_PRECONDITION,
  changed: status.ABORTED,
  too_large: status.OUT_OF_RANGE,
  too_many: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
} as const satisfies Record<RefusalKind, status>;

const CODE = "muster-code";
const RETRY_AFTER = "retry-after";
/** Each character may take nine bytes there, and half a letter may be cut off. */
const MAX_DETAILS = 500;

export interface GrpcFailure {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** What the other side is told. What is not a refusal is our own fault: its text stays in the log. */
export function failureOf(error: unknown): GrpcFailure {
  const metadata = new Metadata();
  if (!(error instanceof Refusal)) {
    return { code: status.INTERNAL, details: "the request failed here; it can be sent again", metadata };
  }
  metadata.set(CODE, error.code);
  if (error.retryAfterSec !== undefined) metadata.set(RETRY_AFTER, String(error.retryAfterSec));
  return { code: GRPC_STATUS[error.kind], details: shortened(error.message), metadata };
}

/**
 * A sentence that repeats what was asked can be as long as the request. It travels as a header, and one beyond what
 * HTTP/2 takes breaks the connection under all other calls.
 */
const shortened = (sentence: string): string =>
  sentence.length <= MAX_DETAILS ? sentence : `${sentence.slice(0, MAX_DETAILS - 1).toWellFormed()}…`;

/** What went wrong on the other side: its refusal as it was, or that it could not be reached. */
export function errorOf(error: ServiceError, method: string): Error {
  const code = textOf(error.metadata ?? new Metadata(), CODE);
  const kind = (Object.keys(GRPC_STATUS) as RefusalKind[]).find((each) => GRPC_STATUS[each] === error.code);
  if (code !== "" && kind !== undefined) {
    const retryAfterSec = Number(textOf(error.metadata, RETRY_AFTER));
    return new Refusal(code, kind, error.details, { cause: error, ...(retryAfterSec > 0 ? { retryAfterSec } : {}) });
  }
  if (error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED) {
    const what = error.code === status.UNAVAILABLE ? "cannot be reached" : "did not answer in time";
    return new Refusal("rpc.unavailable", "unavailable", `${method} ${what}; try again`, {
      cause: error,
      retryAfterSec: 1,
    });
  }
  return new Error(`${method}: ${error.details}`, { cause: error });
}
