import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { REENROLL, ServerError } from "./server-error.ts";

/** The device origin, spoken to over kept-alive TLS connections. */
export interface Server {
  /** Rejects with ServerError for any status but 2xx, and with what node says when there is no answer in time. */
  post(
    path: string,
    body: unknown,
    options: { readonly signal?: AbortSignal; readonly nodeKey?: string },
  ): Promise<unknown>;
  /** Resolves once the response has begun; the body then goes on for as long as both sides like. */
  stream(path: string, signal: AbortSignal): Promise<IncomingMessage>;
  close(): void;
}

export interface Credentials {
  readonly certificate: string;
  readonly chain: readonly string[];
  readonly privateKey: string;
}

export interface ServerOptions {
  readonly url: URL;
  /** PEM; the system's own store if not given. */
  readonly ca: string | undefined;
  readonly credentials: Credentials | undefined;
  readonly userAgent: string;
}

const DEADLINE_MS = 30_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export function connectServer({ url, ca, credentials, userAgent }: ServerOptions): Server {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 4,
    ...(ca === undefined ? {} : { ca }),
    ...(credentials === undefined
      ? {}
      : { cert: [credentials.certificate, ...credentials.chain].join("\n"), key: credentials.privateKey }),
  });

  const send = (method: string, path: string, body: string | undefined, signal: AbortSignal, nodeKey?: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const headers = {
        "user-agent": userAgent,
        ...(nodeKey === undefined ? {} : { authorization: `NodeKey ${nodeKey}` }),
        ...(body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      };
      const outgoing = request(new URL(path, url), { method, agent, headers, signal }, resolve);
      outgoing.on("error", reject);
      outgoing.end(body);
    });

  return {
    async post(path, body, { signal, nodeKey }) {
      const deadline = AbortSignal.timeout(DEADLINE_MS);
      const both = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
      const response = await send("POST", path, JSON.stringify(body), both, nodeKey);
      const answer = parse(await textOf(response));
      if (isSuccess(response)) return answer;
      throw refusal(response, answer);
    },
    async stream(path, signal) {
      const opening = new AbortController();
      const timer = setTimeout(() => opening.abort(new Error("the stream did not open in time")), DEADLINE_MS);
      try {
        const response = await send("GET", path, undefined, AbortSignal.any([opening.signal, signal]));
        if (isSuccess(response)) return response;
        throw refusal(response, parse(await textOf(response)));
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => agent.destroy(),
  };
}

const isSuccess = ({ statusCode = 0 }: IncomingMessage) => statusCode >= 200 && statusCode < 300;

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      response.destroy();
      throw new ServerError(
        response.statusCode ?? 0,
        "http.too_large",
        `the answer is larger than ${MAX_ANSWER_BYTES} bytes`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

interface Refusal {
  readonly code?: string;
  readonly detail?: string;
  readonly title?: string;
  readonly node_invalid?: boolean;
}

function refusal({ statusCode = 0, headers }: IncomingMessage, answer: unknown): ServerError {
  const { code, detail, title, node_invalid } = (answer ?? {}) as Refusal;
  const seconds = Number(headers["retry-after"]);
  return new ServerError(
    statusCode,
    // osquery's own way to say that the key is not the device's any more.
    code ?? (node_invalid === true ? REENROLL : `http.${statusCode}`),
    detail ?? title ?? `the server answered ${statusCode}`,
    Number.isFinite(seconds) && headers["retry-after"] !== undefined ? seconds * 1000 : undefined,
  );
}
