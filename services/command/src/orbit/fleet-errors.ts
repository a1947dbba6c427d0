import type { HttpDoor } from "@muster/host/http-door";
import { HTTP_STATUS } from "@muster/host/http-status";
import { Refusal } from "@muster/host/refusal";

/** How fleetd wants a no to look. */
export const fleetError = (message: string, reason: string) => ({ message, errors: [{ name: "base", reason }] });

const MESSAGES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Authentication required",
  404: "Resource Not Found",
  409: "Resource Already Exists",
};

/** Answers refusals in this scope the way fleetd reads them; everything else goes on to the door's own handler. */
export function answerAsFleet(scope: HttpDoor): void {
  scope.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof Refusal)) throw error;
    const status = HTTP_STATUS[error.kind];
    if (error.retryAfterSec !== undefined) reply.header("retry-after", String(error.retryAfterSec));
    return reply.code(status).send(fleetError(MESSAGES[status] ?? "Request refused", error.message));
  });
}
