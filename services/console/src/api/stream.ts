import { address, Problem, type Query, request } from "./client.ts";
import { linesOf } from "./lines.ts";

interface Failure {
  readonly error?: { readonly status?: number; readonly code?: string; readonly detail?: string };
}

/** The items of a streaming method as they come, until it ends or the signal is aborted. */
export async function* stream<T>(path: string, query: Query, signal: AbortSignal): AsyncGenerator<T> {
  const response = await request(address(path, query), { headers: { accept: "application/x-ndjson" }, signal });
  for await (const line of linesOf(response)) {
    if (line === "") continue;
    const item: unknown = JSON.parse(line);
    const { error } = item as Failure;
    if (error?.status !== undefined) throw new Problem(error.status, error.code ?? "", error.detail ?? "");
    yield item as Awaited<T>;
  }
}
