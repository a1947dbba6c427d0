import type { Answer, CallArguments, PagedPath, PathOf } from "@muster/api-client/call";
import type { Problem } from "@muster/api-client/problem";
import {
  type InfiniteData,
  keepPreviousData,
  type QueryKey,
  type UseQueryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api } from "./client.ts";
import { type Placed, placeOf } from "./places.ts";

type Options<T> = Pick<UseQueryOptions<T, Problem>, "enabled" | "refetchInterval" | "staleTime">;

/** What is said with a request, and how its answer is kept. */
type Arguments<P extends PathOf<"get">> = readonly [...CallArguments<P, "get">, options?: Options<Answer<P>>];

interface AnyCall extends Placed {
  readonly query?: object;
}

/** For any path and call: that they belong together was held where they were written. */
const ask = api.get as unknown as (path: string, call: AnyCall & { readonly signal: AbortSignal }) => Promise<unknown>;

/** What the API answers at a path; asked again when an event outdates it. */
export function useApi<P extends PathOf<"get">>(path: P, ...[said, options]: Arguments<P>) {
  const call = (said ?? {}) as AnyCall;
  return useQuery<Answer<P>, Problem>({
    queryKey: [placeOf(path, call), call.query ?? {}],
    queryFn: async ({ signal }) => (await ask(path, { ...call, signal })) as Answer<P>,
    placeholderData: keepPreviousData,
    ...options,
  });
}

const PAGE_SIZE = 100;

/** A list that comes in pages; the next one is asked for when its reader comes near the end. */
export function usePages<P extends PagedPath>(
  path: P,
  ...[said, options]: readonly [...CallArguments<P, "get">, options?: { readonly refetchInterval?: number }]
) {
  const call = (said ?? {}) as AnyCall;
  return useInfiniteQuery<Answer<P>, Problem, InfiniteData<Answer<P>>, QueryKey, string>({
    queryKey: [placeOf(path, call), "pages", call.query ?? {}],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...call.query, pageSize: PAGE_SIZE, pageToken: pageParam };
      return (await ask(path, { ...call, query, signal })) as Answer<P>;
    },
    initialPageParam: "",
    getNextPageParam: (page) => (page as { readonly nextPageToken: string }).nextPageToken || undefined,
    placeholderData: keepPreviousData,
    ...options,
  });
}

/** A change; afterwards the given paths are asked for again. */
export function useChange<Input, Output>(change: (input: Input) => Promise<Output>, ...outdates: readonly string[]) {
  const queries = useQueryClient();
  return useMutation<Output, Problem, Input>({
    mutationFn: change,
    onSettled: () =>
      Promise.all(
        outdates.map((path) =>
          queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(path) }),
        ),
      ),
  });
}
