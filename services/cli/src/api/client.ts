import type { Method } from "@muster/api-client/call";
import { type Client, createClient } from "@muster/api-client/client";
import { Problem } from "@muster/api-client/problem";
import { EXIT, exitOf } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Context } from "./settings.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- answers are JSON whose shape the API document tells
export type Json = any;

export interface CallOptions {
  readonly method?: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;

/** The public API of one platform, with paths that are only known when it runs; `client` knows the others with their types. */
export class Api {
  readonly client: Client;
  readonly #client: UntypedClient;

  constructor(context: Context) {
    this.#client = connected(context);
    // It is one and the same: the types say more than can be known of a path that is put together.
    this.client = this.#client as unknown as Client;
  }

  async get(path: string, query: CallOptions["query"] = {}): Promise<Json> {
    return this.#client.get(path, { query });
  }

  async call(path: string, { method = "GET", ...call }: CallOptions = {}): Promise<Json> {
    return this.#client[method.toLowerCase() as Method](path, call);
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
}

interface UntypedClient extends Readonly<Record<Method, (path: string, call?: object) => Promise<Json>>> {
  open(method: Method, path: string, call?: object): Promise<Response>;
  items(path: string, call?: object): AsyncGenerator<Json>;
  events(path: string, call?: object): AsyncGenerator<Json>;
}

/** The API's client; what is not a success is a Failure that says what to do. */
function connected({ server, token }: Context): UntypedClient {
  const url = urlOf(server, "/").origin;
  const client = createClient({ url, token, fetch: answered }) as unknown as UntypedClient;
  const ask =
    (method: Method) =>
    async (path: string, call: object = {}) => {
      const limited = { signal: AbortSignal.timeout(TIMEOUT_MS), ...call };
      const answer: Json = await client[method](path, limited).catch(rethrow);
      if (answer?.unanswered?.length > 0) {
        process.stderr.write(`muster: incomplete, as there is no answer from ${answer.unanswered.join(", ")}\n`);
      }
      return answer;
    };
  const [get, post, put, patch, remove] = [ask("get"), ask("post"), ask("put"), ask("patch"), ask("delete")];
  return {
    get,
    post,
    put,
    patch,
    delete: remove,
    open: (method, path, call) => client.open(method, path, call).catch(rethrow),
    items: (path, call) => failing(client.items(path, call)),
    events: (path, call) => failing(client.events(path, call)),
  };
}

/** What comes, until it fails. */
async function* failing(items: AsyncGenerator<Json>): AsyncGenerator<Json> {
  try {
    yield* items;
  } catch (error) {
    rethrow(error);
  }
}

/** Throws why nobody answered, or what was refused, as a Failure. */
function rethrow(error: unknown): never {
  if (!(error instanceof Problem)) throw error;
  if (error.cause instanceof Failure || (error.cause instanceof Error && error.cause.name === "AbortError"))
    throw error.cause;
  const exitCode = error.status === 0 ? EXIT.unreachable : exitOf(error.status);
  throw new Failure(exitCode, `${error.message} (${error.code})`, { cause: error, code: error.code });
}

async function answered(request: Request): Promise<Response> {
  const response = await reach(request);
  if (!response.ok) throw await failureOf(response);
  return response;
}

export function urlOf(server: string, path: string): URL {
  const url = URL.parse(path, server);
  if (url === null) throw new Failure(EXIT.usage, `"${server}" is not an address such as https://muster.example.com`);
  return url;
}

export async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    if (cause instanceof Error && cause.name === "AbortError") throw cause;
    const inner = (cause as { cause?: { code?: string; message?: string } }).cause;
    const why = inner?.code ?? inner?.message ?? (cause instanceof Error ? cause.message : String(cause));
    throw new Failure(EXIT.unreachable, `${new URL(request.url).origin} cannot be reached (${why})`, { cause });
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
