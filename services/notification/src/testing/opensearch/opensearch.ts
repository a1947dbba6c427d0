import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@muster/backing/free-port";
import { type ServerProcess, startServer } from "@muster/backing/server-process";
import { openSearchJars } from "./opensearch-jars.ts";

/** What a node of ours takes in one request: little, so that a test can be above it. */
export const MOST_REQUEST_BYTES = 1024 * 1024;

/** A real OpenSearch, one node on the loopback address, that can be killed and started again with its data. */
export class OpenSearch {
  readonly #home = mkdtempSync(join(tmpdir(), "muster-opensearch-"));
  readonly #ports: readonly number[];
  #process: ServerProcess | undefined;

  private constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  static async start(): Promise<OpenSearch> {
    const node = new OpenSearch(await freePorts(2));
    await node.start();
    return node;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#ports[0]}`;
  }

  async start(): Promise<void> {
    const [http, transport] = this.#ports;
    const settings = {
      "network.host": "127.0.0.1",
      "http.port": http,
      "http.max_content_length": `${MOST_REQUEST_BYTES}b`,
      "transport.port": transport,
      "discovery.type": "single-node",
      "cluster.routing.allocation.disk.threshold_enabled": false,
    };
    this.#process = await startServer({
      name: "OpenSearch",
      command: "java",
      args: [
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        `${openSearchJars()}/*`,
        join(import.meta.dirname, "OpenSearchNode.java"),
        this.#home,
        ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
      ],
      logFile: join(this.#home, "log"),
      stopSignal: "SIGKILL",
      readyWithinMs: 120_000,
      isReady: () => this.#isHealthy(),
    });
  }

  async kill(): Promise<void> {
    await this.#process?.stop();
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#home, { recursive: true });
  }

  /** Asks its REST API; what it refuses is thrown. */
  async ask<T>(method: "GET" | "PUT" | "POST", path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Every document of an index or a data stream, by id. */
  async documents(index: string): Promise<Map<string, Record<string, unknown>>> {
    await this.ask("POST", `/${index}/_refresh`);
    const { hits } = await this.ask<{ hits: { hits: { _id: string; _source: Record<string, unknown> }[] } }>(
      "GET",
      `/${index}/_search?size=10000`,
    );
    return new Map(hits.hits.map(({ _id, _source }) => [_id, _source]));
  }

  async #isHealthy(): Promise<boolean> {
    try {
      const answer = await fetch(`${this.url}/_cluster/health?wait_for_status=yellow&timeout=1s`);
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  }
}
