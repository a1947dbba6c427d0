import { setTimeout as delay } from "node:timers/promises";

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

export interface ApiDoor {
  readonly origin: string;
  /** Of one caller each: who asks too often is slowed down. */
  readonly tokens: readonly string[];
}

export interface Question {
  readonly method: string;
  readonly address: string;
  readonly body?: unknown;
  readonly streams?: boolean;
}

const ANSWER_WITHIN_MS = 30_000;
/** How long a stream is listened to. */
const LISTEN_MS = 400;
let turn = 0;

/** Asks as one of the callers; who is slowed down waits as long as it is told. */
export async function ask({ origin, tokens }: ApiDoor, { method, address, body, streams }: Question): Promise<Answer> {
  for (;;) {
    const response = await fetch(origin + address, {
      method,
      headers: {
        authorization: `Bearer ${tokens[turn++ % tokens.length]}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(streams && { accept: "application/x-ndjson" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const text = streams && response.ok ? await beginning(response) : await response.text();
    const { status } = response;
    if (status !== 429 || !text.includes("api.too_many_requests")) {
      return { status, contentType: response.headers.get("content-type") ?? "", text };
    }
    await delay(1000 * Number(response.headers.get("retry-after") ?? 1));
  }
}

/** What comes of a stream within a moment: it may have no end. */
async function beginning({ body }: Response): Promise<string> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return "";
  const end = delay(LISTEN_MS, { done: true, value: "" } as const);
  let text = "";
  for (;;) {
    const { done, value } = await Promise.race([reader.read(), end]);
    if (done) break;
    text += value;
  }
  void reader.cancel().catch(() => undefined);
  return text;
}
