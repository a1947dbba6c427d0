import { Agent, type Dispatcher, request } from "undici";

export interface AgentIdentity {
  readonly certificate: string;
  readonly chain: readonly string[];
  readonly privateKey: string;
}

/** A refusal by the server, with the stable code of its problem document. */
export class AgentRefused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(path: string, status: number, code: string) {
    super(`${path} answered ${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

/** A connection pool of one agent: without an identity for enrollment, with one for everything else (mTLS). */
export class AgentDoor {
  readonly #server: string;
  readonly #dispatcher: Dispatcher;

  constructor(server: string, ca: string, identity?: AgentIdentity) {
    this.#server = server;
    const client =
      identity === undefined
        ? {}
        : { cert: [identity.certificate, ...identity.chain].join("\n"), key: identity.privateKey };
    this.#dispatcher = new Agent({ connections: 4, connect: { ca, ...client } });
  }

  async post(path: string, body: unknown): Promise<Record<string, unknown>> {
    const response = await request(new URL(path, this.#server), {
      method: "POST",
      dispatcher: this.#dispatcher,
      headersTimeout: 30_000,
      bodyTimeout: 30_000,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = (await response.body.json().catch(() => ({}))) as Record<string, unknown>;
    if (response.statusCode >= 300)
      throw new AgentRefused(path, response.statusCode, typeof answer["code"] === "string" ? answer["code"] : "");
    return answer;
  }

  /** Holds the stream open and gives its messages until it ends or the signal does. */
  async *stream(signal: AbortSignal): AsyncGenerator<Readonly<Record<string, unknown>>> {
    const response = await request(new URL("/agent/v1/stream", this.#server), {
      dispatcher: this.#dispatcher,
      signal,
      headersTimeout: 30_000,
      bodyTimeout: 0,
      headers: { accept: "application/x-ndjson" },
    });
    if (response.statusCode !== 200) {
      await response.body.dump();
      throw new AgentRefused("/agent/v1/stream", response.statusCode, "");
    }
    response.body.setEncoding("utf8");
    let rest = "";
    for await (const text of response.body) {
      const lines = `${rest}${String(text)}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as Record<string, unknown>;
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}
