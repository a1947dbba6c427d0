import { type Dispatcher, request } from "undici";
import type { Network } from "../domain/address-policy.ts";
import type { Outcome } from "../domain/delivery.ts";
import { retryAfterMs } from "../domain/retry-after.ts";
import { checkLiteral, hostOf } from "../outbound/guarded-lookup.ts";
import type { Post } from "../usecases/ports.ts";

/** Standard Webhooks: a receiver has 15 to 30 seconds. */
export const TIMEOUT_MS = 15_000;

/** More of an answer than this is not read. */
const ANSWER_BYTES = 64 * 1024;

const MAX_ERROR_LENGTH = 500;

export interface PostDeps {
  readonly agent: Dispatcher;
  readonly allowed: readonly Network[];
  readonly timeoutMs: number;
}

/** Posts once, follows no redirect, and says how it ended; it never throws. */
export async function post({ agent, allowed, timeoutMs }: PostDeps, { url, headers, body }: Post): Promise<Outcome> {
  try {
    checkLiteral(hostOf(url), allowed);
    const answer = await request(url, {
      method: "POST",
      headers,
      body,
      dispatcher: agent,
      signal: AbortSignal.timeout(timeoutMs),
    });
    // Reading the rest lets the connection be used again; the answer's status is what counts.
    await answer.body.dump({ limit: ANSWER_BYTES }).catch(() => undefined);
    return outcomeOf(answer.statusCode, answer.headers["retry-after"]);
  } catch (error) {
    return { kind: "failed", status: 0, error: sentenceOf(error, timeoutMs), retryAfterMs: 0 };
  }
}

function outcomeOf(status: number, retryAfter: string | string[] | undefined): Outcome {
  if (status >= 200 && status < 300) return { kind: "taken", status };
  if (status === 410) return { kind: "gone", status, error: "the receiver answered 410" };
  const mayAsk = status === 429 || status === 503;
  return {
    kind: "failed",
    status,
    error:
      status >= 300 && status < 400
        ? `the receiver answered ${status}; redirects are not followed`
        : `the receiver answered ${status}`,
    retryAfterMs: mayAsk && typeof retryAfter === "string" ? retryAfterMs(retryAfter, Date.now()) : 0,
  };
}

/** Why a request had no answer. */
export function sentenceOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer within ${timeoutMs / 1_000} s`;
  const text = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
  return (text ?? "the connection failed").slice(0, MAX_ERROR_LENGTH);
}
