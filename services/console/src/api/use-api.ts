import {
  keepPreviousData,
  type UseQueryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { get, type Problem, type Query } from "./client.ts";

type Options<T> = Pick<UseQueryOptions<T, Problem>, "enabled" | "refetchInterval" | "staleTime">;

/** What the API answers at a path; asked again when an event outdates it. */
export const useApi = <T>(path: string, query: Query = {}, options: Options<T> = {}) =>
  useQuery<T, Problem>({
    queryKey: [path, query],
    queryFn: ({ signal }) => get<T>(path, query, signal),
    placeholderData: keepPreviousData,
    ...options,
  });

interface Page {
  readonly nextPageToken: string;
}

/** A list that comes in pages; the next one is asked for when its reader comes near the end. */
export const usePages = <P extends Page>(
  path: string,
  query: Query,
  options: { readonly refetchInterval?: number } = {},
) =>
  useInfiniteQuery({
    queryKey: [path, "pages", query],
    queryFn: ({ pageParam, signal }) => get<P>(path, { ...query, pageSize: 100, pageToken: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: ({ nextPageToken }) => (nextPageToken === "" ? undefined : nextPageToken),
    placeholderData: keepPreviousData,
    ...options,
  });

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
