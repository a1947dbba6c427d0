import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { DistrustedSet } from "./security-event.ts";

export interface PushEndpoint {
  readonly url: string;
  /** Who takes what is pushed; until there is somebody, the transmitter is asked to come again. */
  receive(take: (set: string) => Promise<unknown>): void;
  close(): Promise<void>;
}

/** Takes security event tokens that are posted to it (RFC 8935), with this Authorization header alone. */
export async function openPushEndpoint(authorization: string): Promise<PushEndpoint> {
  let take: ((set: string) => Promise<unknown>) | undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refuse = (err: string, description: string): void => {
      response.writeHead(400, { "content-type": "application/json", "content-language": "en" });
      response.end(JSON.stringify({ err, description }));
    };
    const set = await text(request);
    const { "content-type": type, accept } = request.headers;
    if (take === undefined) return void response.writeHead(503).end();
    if (request.headers.authorization !== authorization) return refuse("authentication_failed", "who are you?");
    if (request.method !== "POST" || type !== "application/secevent+jwt" || accept !== "application/json") {
      return refuse("invalid_request", `${request.method} of ${type} for ${accept}`);
    }
    try {
      await take(set);
      response.writeHead(202).end();
    } catch (error) {
      if (error instanceof DistrustedSet) refuse(error.err, error.message);
      else response.writeHead(500).end();
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    receive(who) {
      take = who;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
