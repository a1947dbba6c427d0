import type { components, paths } from "./gen/api.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** What the API's document calls a thing, such as `Schema<"inventory.Device">`. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** The paths that can be asked by a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: M extends keyof paths[P] ? P : never;
}[keyof paths];

type Operation<P extends keyof paths, M extends Method> = M extends keyof paths[P] ? paths[P][M] : never;

type Parameters<O> = O extends { parameters: infer All } ? All : object;

/** An empty text says the same as none, so that a choice that was not made need not be taken out. */
type QueryValues<Q> = { readonly [Name in keyof Q]: Q[Name] | "" | undefined };

type PathPart<O> = Parameters<O> extends { path: infer Path } ? { readonly path: Path } : unknown;

type QueryPart<O> = "query" extends keyof Parameters<O>
  ? { readonly query?: QueryValues<NonNullable<Parameters<O>["query"]>> | undefined }
  : unknown;

type BodyPart<O> = O extends { requestBody: { content: { "application/json": infer Body } } }
  ? { readonly body: Body }
  : unknown;

interface Always {
  readonly signal?: AbortSignal | undefined;
}

interface Repeatable {
  /** A text of the caller's own: the same key and request within 24 hours change nothing more and get the first answer again. */
  readonly idempotencyKey?: string | undefined;
}

interface Conditional {
  /** The ETag of what the caller saw, or its revision in quotes: what is another by now is refused. */
  readonly ifMatch?: string | undefined;
}

type HeadersOf<O> = Parameters<O> extends { header?: infer Headers } ? keyof Headers : never;

type HeaderPart<O> = ("Idempotency-Key" extends HeadersOf<O> ? Repeatable : unknown) &
  ("If-Match" extends HeadersOf<O> ? Conditional : unknown);

/** What is said with a request: the fields of its path, its query and its body, and the headers that it knows. */
export type Call<P extends keyof paths, M extends Method> = PathPart<Operation<P, M>> &
  QueryPart<Operation<P, M>> &
  BodyPart<Operation<P, M>> &
  HeaderPart<Operation<P, M>> &
  Always;

/** The call can be left out where nothing must be said. */
export type CallArguments<P extends keyof paths, M extends Method> =
  object extends Call<P, M> ? [call?: Call<P, M>] : [call: Call<P, M>];

type Success<O> = O extends { responses: infer R } ? R[keyof R & (200 | 201 | 202)] : never;

type Content<O, Type extends string> = Success<O> extends { content: { [T in Type]: infer Body } } ? Body : never;

/** What is answered to a request that succeeds. */
export type Answer<P extends keyof paths, M extends Method = "get"> = Content<Operation<P, M>, "application/json">;

/** The paths whose lists come in pages. */
export type PagedPath = {
  [P in PathOf<"get">]: Answer<P> extends { nextPageToken: string } ? P : never;
}[PathOf<"get">];

/** The paths that answer with one item after another, as they come. */
export type StreamPath = {
  [P in PathOf<"get">]: [Content<Operation<P, "get">, "application/x-ndjson">] extends [never] ? never : P;
}[PathOf<"get">];

/** One item of a stream. */
export type Item<P extends StreamPath> = Content<Operation<P, "get">, "application/x-ndjson">;
