import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { Arrivals } from "./arrivals.ts";

export interface Delivery {
  /** `webhook-id`, the same in every retry. */
  readonly id: string;
  /** Milliseconds since 1970, with fractions: latency is measured with it. */
  readonly at: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Whether one of the receiver's secrets verifies the signature and the timestamp is fresh. */
  readonly verified: boolean;
  /** What the receiver answered. */
  readonly status: number;
}

/** How the receiver answers: a status, or silence for a while and then a status. */
export interface Behaviour {
  readonly status: number;
  readonly afterMs?: number;
  /** For 429 and 503. */
  readonly retryAfterSec?: number;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly arrivals: Arrivals<Delivery>;
  /** From now on; `times` limits it to the next deliveries, after which it is 200 again. */
  answer(behaviour: Behaviour, times?: number): void;
  /** A `whsec_` secret; several are accepted at once, as during rotation. */
  trust(secret: string): void;
  close(): Promise<void>;
}

const text = (headers: IncomingMessage["headers"]): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

const verifies = (secret: string, raw: Buffer, headers: Record<string, string>): boolean => {
  try {
    new Webhook(secret).verify(raw.toString(), headers);
    return true;
  } catch {
    return false;
  }
};

const parse = (raw: Buffer): unknown => {
  try {
    return JSON.parse(raw.toString()) as unknown;
  } catch {
    return raw.toString();
  }
};

/** Receives webhooks after the Standard Webhooks specification and keeps what came, when, and whether it was genuine. */
export const startWebhookReceiver = async (...trusted: string[]): Promise<WebhookReceiver> => {
  const arrivals = new Arrivals<Delivery>();
  const secrets = [...trusted];
  let behaviour: Behaviour = { status: 200 };
  let left = Number.POSITIVE_INFINITY;

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await buffer(request);
    const at = performance.timeOrigin + performance.now();
    const headers = text(request.headers);
    const { status, afterMs = 0, retryAfterSec } = left > 0 ? behaviour : { status: 200 };
    left -= 1;
    const verified = secrets.some((secret) => verifies(secret, raw, headers));
    arrivals.add({
      id: headers["webhook-id"] ?? "",
      at,
      path: request.url ?? "",
      headers,
      body: parse(raw),
      verified,
      status,
    });
    const answer = (): void => {
      if (retryAfterSec !== undefined) response.setHeader("retry-after", retryAfterSec);
      response.writeHead(status).end();
    };
    if (afterMs > 0) setTimeout(answer, afterMs);
    else answer();
  };

  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrivals,
    answer(next, times = Number.POSITIVE_INFINITY) {
      behaviour = next;
      left = times;
    },
    trust: (secret) => void secrets.push(secret),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
};
