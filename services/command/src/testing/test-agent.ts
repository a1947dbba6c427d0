import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { compactVerify } from "jose";
import { commandKeys, INGRESS_KEY } from "./command-process.ts";
import { clientCertHeader, type TestDevice } from "./device-certificate.ts";

/** A command as the agent sees it, its signature verified. */
export interface SignedCommand {
  readonly id: string;
  readonly deviceId: string;
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly notAfter: string;
}

/** Speaks the agent protocol as the ingress passes it on. */
export class TestAgent {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#url = url;
    this.#headers = headers;
  }

  /** @param more headers that the device itself sends. */
  static async of(url: string, device: TestDevice, more: Readonly<Record<string, string>> = {}): Promise<TestAgent> {
    const headers = { ...more, "client-cert": await clientCertHeader(device), "muster-ingress-key": INGRESS_KEY };
    return new TestAgent(url, headers);
  }

  post(path: string, body: unknown): Promise<Response> {
    return fetch(`${this.#url}/agent/v1/${path}`, {
      method: "POST",
      headers: { ...this.#headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  async checkIn(): Promise<SignedCommand[]> {
    const body = { bootId: "b", seq: 1, journalDepth: 0, agentVersion: "1.0.0", scriptsEnabled: true };
    const answer = (await (await this.post("checkin", body)).json()) as { commands: string[] };
    return Promise.all(
      answer.commands.map(async (jws) => {
        const { payload } = await compactVerify(jws, commandKeys, { algorithms: ["EdDSA"] });
        return JSON.parse(new TextDecoder().decode(payload)) as SignedCommand;
      }),
    );
  }

  /** @returns the ids the server accepted. */
  async report(...results: readonly object[]): Promise<string[]> {
    const answer = (await (await this.post("results", { results })).json()) as { accepted: string[] };
    return answer.accepted;
  }

  /** The messages of the wake-up stream, until the signal aborts or the server ends it. */
  async *stream(signal: AbortSignal): AsyncGenerator<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.#url}/agent/v1/stream`, { headers: this.#headers, signal });
    if (response.body === null || response.status !== 200) throw new Error(`the stream answered ${response.status}`);
    for await (const line of createInterface({ input: Readable.fromWeb(response.body as never) })) {
      yield JSON.parse(line) as Record<string, unknown>;
    }
  }
}
