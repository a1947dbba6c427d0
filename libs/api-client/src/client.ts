import createFetchClient from "openapi-fetch";
import type { Answer, Call, CallArguments, Item, Method, PagedPath, PathOf, StreamPath } from "./call.ts";
import type { paths } from "./gen/api.ts";
import { eventsOf, itemsOf, type ServerSentEvent } from "./lines.ts";
import { Problem, problemOf } from "./problem.ts";

export interface ClientOptions {
  /** Where the platform is, such as https://muster.example.com; a page that it serves says "". */
  readonly url: string;
  /** An API token, muster_…; without one, a browser's session is used. */
  readonly token?: string;
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** The public API: answers as the document says, or a Problem is thrown. */
export interface Client {
  readonly get: <P extends PathOf<"get">>(path: P, ...call: CallArguments<P, "get">) => Promise<Answer<P>>;
  readonly post: <P extends PathOf<"post">>(path: P, ...call: CallArguments<P, "post">) => Promise<Answer<P, "post">>;
  readonly put: <P extends PathOf<"put">>(path: P, ...call: CallArguments<P, "put">) => Promise<Answer<P, "put">>;
  readonly patch: <P extends PathOf<"patch">>(
    path: P,
    ...call: CallArguments<P, "patch">
  ) => Promise<Answer<P, "patch">>;
  readonly delete: <P extends PathOf<"delete">>(
    path: P,
    ...call: CallArguments<P, "delete">
  ) => Promise<Answer<P, "delete">>;
  /** The pages of a list, each asked for when it is read. */
  readonly pages: <P extends PagedPath>(path: P, ...call: CallArguments<P, "get">) => AsyncGenerator<Answer<P>>;
  /** The items of a stream as they come. */
  readonly items: <P extends StreamPath>(path: P, ...call: CallArguments<P, "get">) => AsyncGenerator<Item<P>>;
  /** The events of a stream as they come. */
  readonly events: <P extends StreamPath>(
    path: P,
    call: Call<P, "get"> & EventOptions,
  ) => AsyncGenerator<ServerSentEvent>;
  /** The answer itself, for what is not JSON. */
  readonly open: <M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    ...call: CallArguments<P, M>
  ) => Promise<Response>;
}

interface EventOptions {
  /** Only those after the one with this id. */
  readonly after?: string;
  /** Called when the platform has answered: from then on events come as they happen. */
  readonly onOpen?: () => void;
}

/** A call whose path and fields are no longer known. */
interface AnyCall extends EventOptions {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly ifMatch?: string | undefined;
}

export function createClient({ url, token, fetch }: ClientOptions): Client {
  const http = createFetchClient<paths>({
    baseUrl: url,
    credentials: "same-origin",
    // A change with a session needs the second of these headers: no other site can make a browser send it.
    headers: token === undefined ? { "x-muster-csrf": "1" } : { authorization: `Bearer ${token}` },
    ...(fetch !== undefined && { fetch }),
  });
  const ask = http.request as unknown as (method: Method, path: string, init: object) => Promise<Asked>;

  async function open(
    method: Method,
    path: string,
    call: AnyCall = {},
    accept = "application/json",
  ): Promise<Response> {
    const { path: fields, query = {}, body, signal, idempotencyKey, ifMatch, after } = call;
    const said = Object.entries(query).filter(([, value]) => value !== "");
    const headers = {
      accept,
      "idempotency-key": idempotencyKey,
      "if-match": ifMatch,
      "last-event-id": after || undefined,
    };
    const init = { params: { path: fields, query: Object.fromEntries(said) }, body, headers, parseAs: "stream" };
    const { response, error } = await ask(method, path, { ...init, ...(signal !== undefined && { signal }) }).catch(
      (cause: unknown) => {
        if (signal?.aborted) throw cause;
        throw new Problem(0, "client.unreachable", `${url || "The platform"} cannot be reached.`, { cause });
      },
    );
    if (!response.ok) throw problemOf(response.status, error);
    return response;
  }

  const answered =
    (method: Method) =>
    async (path: string, call?: AnyCall): Promise<unknown> =>
      (await open(method, path, call)).json();
  const get = answered("get");

  async function* pages(path: string, call: AnyCall = {}): AsyncGenerator<Page> {
    let next = call.query?.["pageToken"];
    do {
      const page = (await get(path, { ...call, query: { ...call.query, pageToken: next } })) as Page;
      yield page;
      next = page.nextPageToken;
    } while (next !== "");
  }

  async function* items(path: string, call?: AnyCall): AsyncGenerator {
    yield* itemsOf(await open("get", path, call, "application/x-ndjson"));
  }

  async function* events(path: string, call?: AnyCall): AsyncGenerator<ServerSentEvent> {
    const response = await open("get", path, call, "text/event-stream");
    call?.onOpen?.();
    yield* eventsOf(response);
  }

  const [post, put, patch] = [answered("post"), answered("put"), answered("patch")];
  // The types above say more than functions can that know neither path nor fields.
  return { get, post, put, patch, delete: answered("delete"), pages, items, events, open } as unknown as Client;
}

interface Asked {
  readonly response: Response;
  readonly error?: unknown;
}

interface Page {
  readonly nextPageToken: string;
}
