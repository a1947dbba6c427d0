import { type Dispatcher, request } from "undici";
import type { Network } from "../domain/address-policy.ts";
import { retryAfterMs } from "../domain/retry-after.ts";
import { checkLiteral, hostOf } from "../outbound/guarded-lookup.ts";
import type { PushOutcome } from "../usecases/signals/ports.ts";
import { sentenceOf } from "../webhook/post.ts";

const TIMEOUT_MS = 10_000;
/** More of an answer than this is not read. */
const ANSWER_BYTES = 16 * 1024;
const LONGEST_ERROR = 500;

/** Posts a security event token once (RFC 8935 §2), follows no redirect, and says how it ended; it never throws. */
export async function postSet(
  { agent, allowed }: { readonly agent: Dispatcher; readonly allowed: readonly Network[] },
  url: string,
  set: string,
  authorization: string | undefined,
): Promise<PushOutcome> {
  try {
    checkLiteral(hostOf(url), allowed);
    const { statusCode, headers, body } = await request(url, {
      method: "POST",
      headers: {
        "content-type": "application/secevent+jwt",
        accept: "application/json",
        "user-agent": "Muster-Signals/1",
        ...(authorization !== undefined && { authorization }),
      },
      body: set,
      dispatcher: agent,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await beginningOf(body);
    if (statusCode >= 200 && statusCode < 300) return { kind: "accepted" };
    const error = statusCode === 400 ? refusalIn(text) : undefined;
    if (error !== undefined) return { kind: "refused", error };
    const { "retry-after": retryAfter } = headers;
    return {
      kind: "failed",
      error: `the receiver answered ${statusCode}`,
      retryAfterMs: typeof retryAfter === "string" ? retryAfterMs(retryAfter, Date.now()) : 0,
    };
  } catch (error) {
    return { kind: "failed", error: sentenceOf(error, TIMEOUT_MS), retryAfterMs: 0 };
  }
}

async function beginningOf(body: Dispatcher.ResponseData["body"]): Promise<string> {
  let text = "";
  for await (const chunk of body) {
    text += String(chunk);
    if (text.length > ANSWER_BYTES) break;
  }
  return text;
}

/** RFC 8935 §2.4: why the receiver will not have it; nothing when it does not say so. */
function refusalIn(text: string): string | undefined {
  try {
    const { err, description } = JSON.parse(text) as { err?: unknown; description?: unknown };
    if (typeof err !== "string") return undefined;
    return `${err}${typeof description === "string" ? `: ${description}` : ""}`.slice(0, LONGEST_ERROR);
  } catch {
    return undefined;
  }
}
