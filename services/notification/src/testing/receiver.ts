import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "@muster/testkit/eventually";

/** A delivery that a dead sender had taken is somebody else's after 30 seconds. */
const LONGEST_LEASE_MS = 120_000;

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

/** A receiver of webhooks as an operator would run one; it answers 204 unless a test says otherwise. */
export class Receiver {
  readonly received: Received[] = [];
  answer: (response: ServerResponse, received: Received) => void = (response) => void response.writeHead(204).end();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => {
        body += chunk;
      });
      request.on("end", () => {
        const received = { path: request.url ?? "", headers: request.headers, body, at: performance.now() };
        this.received.push(received);
        this.answer(response, received);
      });
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  url(host = "127.0.0.1"): string {
    return `http://${host}:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** What came for one event, once it came this often. */
  of(eventId: string, times = 1): Promise<Received[]> {
    return eventually(
      `delivery ${times} of event ${eventId}`,
      async () => {
        const found = this.received.filter(({ headers }) => headers["webhook-id"] === eventId);
        return found.length >= times ? found : undefined;
      },
      LONGEST_LEASE_MS,
    );
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
