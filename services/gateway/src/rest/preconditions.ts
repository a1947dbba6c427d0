import type { JsonValue } from "@bufbuild/protobuf";
import type { RestRoute } from "@muster/contracts/rest";
import { expectRevision } from "@muster/host/revision";
import type { FastifyRequest } from "fastify";
import { entityTag, expectedRevisions, isHeld } from "../domain/entity-tag.ts";
import { refuse } from "../domain/refusals.ts";

/**
 * The revisions that a change is held against, for the service that makes it. What cannot be held against any is refused:
 * a condition that is passed over would overwrite what it was to protect.
 */
export function expectedBy({ method, ifMatch: field }: RestRoute, { headers }: FastifyRequest): number[] {
  if (method === "GET") return [];
  const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = headers;
  if (ifNoneMatch !== undefined)
    throw refuse("api.bad_request", "If-None-Match is for reading; a change takes If-Match");
  if (ifMatch === undefined) return [];
  const expected = expectedRevisions(ifMatch);
  if (field === undefined && expected.length > 0)
    throw refuse("api.bad_request", "what this changes has no revision to hold If-Match against; leave it out");
  return expected;
}

export interface Tagged {
  readonly tag: string;
  /** Whether the caller holds this very answer already, so that 304 is enough. */
  readonly held: boolean;
}

/** The tag of what was read, held against the request's conditions. */
export function taggedBy(
  { etag }: RestRoute,
  json: JsonValue,
  text: string,
  { headers }: FastifyRequest,
): Tagged | undefined {
  if (etag === undefined) return undefined;
  const revision = Number((json as Record<string, JsonValue>)[etag.jsonName]);
  const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = headers;
  if (ifMatch !== undefined) expectRevision({ revision }, expectedRevisions(ifMatch));
  const tag = entityTag(revision, text);
  return { tag, held: ifNoneMatch !== undefined && isHeld(ifNoneMatch, tag) };
}
