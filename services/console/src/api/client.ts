/** What the platform answered instead of what was asked for; `code` is stable, the message is for people. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

// A change needs this header: no other site can make a browser send it.
const CHANGE = { "content-type": "application/json", "x-muster-csrf": "1" };

/** Is told when the session is over, so that the person can sign in again. */
export const signedOut = new EventTarget();

export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, { credentials: "same-origin", ...init }).catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause;
    throw new Problem(
      0,
      "console.offline",
      "The platform cannot be reached. Check the network; this page tries again.",
    );
  });
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  if (response.status === 401 && body.code === "api.unauthenticated") signedOut.dispatchEvent(new Event("signed-out"));
  throw new Problem(response.status, body.code ?? "", body.detail ?? `The server answered with ${response.status}.`);
}

/** A path of the API with its query; what is empty is left out. */
export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "" || value === false) continue;
    if (typeof value === "object") for (const each of value) search.append(name, each);
    else search.set(name, String(value));
  }
  return search.size === 0 ? `/api/v1/${path}` : `/api/v1/${path}?${search}`;
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const response = await request(address(path, query), signal === undefined ? {} : { signal });
  return (await response.json()) as T;
}

export async function send<T = object>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body: object = {},
): Promise<T> {
  const init = method === "DELETE" ? {} : { body: JSON.stringify(body) };
  const response = await request(address(path), { method, headers: CHANGE, ...init });
  return (await response.json()) as T;
}
