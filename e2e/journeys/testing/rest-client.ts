import { setTimeout as delay } from "node:timers/promises";

type Json = Record<string, unknown>;

/** The public API as a program outside sees it: paths and JSON. */
export interface RestClient {
  get<T = Json>(path: string): Promise<T>;
  post<T = Json>(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T>;
  put<T = Json>(path: string, body: unknown): Promise<T>;
  patch<T = Json>(path: string, body: unknown): Promise<T>;
  delete<T = Json>(path: string): Promise<T>;
  /** Reads a stream of JSON lines to its end. */
  lines<T>(path: string): Promise<T[]>;
  /** Asks until `found` answers with something; fails with the last answer when it never does. */
  until<T, Found>(path: string, found: (answer: T) => Found | undefined, deadlineMs?: number): Promise<Found>;
}

export function restClient(origin: string, token: string): RestClient {
  const call = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<T> => {
    const response = await fetch(new URL(path, origin), {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    get: (path) => call("GET", path),
    post: (path, body = {}, headers = {}) => call("POST", path, body, headers),
    put: (path, body) => call("PUT", path, body),
    patch: (path, body) => call("PATCH", path, body),
    delete: (path) => call("DELETE", path),
    lines: async <T>(path: string): Promise<T[]> => {
      const response = await fetch(new URL(path, origin), {
        headers: { authorization: `Bearer ${token}`, accept: "application/x-ndjson" },
        signal: AbortSignal.timeout(120_000),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`GET ${path} was answered with ${response.status}: ${text}`);
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as T);
    },
    until: async (path, found, deadlineMs = 60_000) => {
      const end = performance.now() + deadlineMs;
      for (;;) {
        const answer = await call<never>("GET", path);
        const value = found(answer);
        if (value !== undefined) return value;
        if (performance.now() > end)
          throw new Error(`waited in vain; ${path} last said ${JSON.stringify(answer).slice(0, 2_000)}`);
        await delay(50);
      }
    },
  };
}
