import { EXIT, exitOf } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Context } from "./settings.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- answers are JSON whose shape the API document tells
export type Json = any;

export interface CallOptions {
  readonly method?: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;

/** The public API of one platform. */
export class Api {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async get(path: string, query: CallOptions["query"] = {}): Promise<Json> {
    return this.call(path, { query });
  }

  async call(path: string, options: CallOptions = {}): Promise<Json> {
    const response = await this.request(path, { signal: AbortSignal.timeout(TIMEOUT_MS), ...options });
    const answer: Json = await response.json();
    if (answer?.unanswered?.length > 0) {
      process.stderr.write(`muster: incomplete, as there is no answer from ${answer.unanswered.join(", ")}\n`);
    }
    return answer;
  }

  /** All pages of a list, joined, up to a limit. */
  async list(
    path: string,
    field: string,
    query: Readonly<Record<string, string | undefined>>,
    limit: number,
  ): Promise<Json[]> {
    const found: Json[] = [];
    let pageToken = "";
    do {
      const page = await this.get(path, { ...query, pageSize: Math.min(500, limit - found.length), pageToken });
      found.push(...page[field]);
      pageToken = page.nextPageToken ?? "";
    } while (pageToken !== "" && found.length < limit);
    return found;
  }

  /** Sends a request; what is not a success is a Failure that says what to do. */
  async request(path: string, { method = "GET", query = {}, body, headers, signal }: CallOptions): Promise<Response> {
    const url = urlOf(this.#context.server, path, query);
    const response = await reach(url, {
      method,
      headers: {
        authorization: `Bearer ${this.#context.token}`,
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
    if (!response.ok) throw await failureOf(response);
    return response;
  }
}

export function urlOf(server: string, path: string, query: NonNullable<CallOptions["query"]> = {}): URL {
  const url = URL.parse(path, server);
  if (url === null) throw new Failure(EXIT.usage, `"${server}" is not an address such as https://muster.example.com`);
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== "") url.searchParams.append(name, String(item));
    }
  }
  return url;
}

export async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (cause instanceof Error && cause.name === "AbortError") throw cause;
    const inner = (cause as { cause?: { code?: string; message?: string } }).cause;
    const why = inner?.code ?? inner?.message ?? (cause instanceof Error ? cause.message : String(cause));
    throw new Failure(EXIT.unreachable, `${url.origin} cannot be reached (${why})`, { cause });
  }
}

/** What the server says went wrong. */
export async function failureOf(response: Response): Promise<Failure> {
  const text = await response.text();
  let detail = text.slice(0, 300) || response.statusText;
  let code = "";
  try {
    const problem = JSON.parse(text) as { detail?: string; code?: string };
    detail = problem.detail ?? detail;
    code = problem.code ?? "";
  } catch {
    // Not from Muster: a proxy in between speaks its own language.
  }
  return new Failure(exitOf(response.status), code === "" ? `${response.status}: ${detail}` : `${detail} (${code})`, {
    code,
  });
}
