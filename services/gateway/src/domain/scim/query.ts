import { refuse } from "../refusals.ts";

/** Which of all resources are wanted. */
export interface ListQuery {
  /** The attribute that has to be equal, in lower case, and its value; unset for all. */
  readonly filter: { readonly attribute: string; readonly value: string } | undefined;
  /** How many come before the first, and how many are wanted. */
  readonly skip: number;
  readonly count: number;
}

const MOST = 200;

const FILTER = /^\s*(?:urn:\S+:)?([a-z]\w*)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*$/i;

/** Reads what a list is asked with (RFC 7644 §3.4.2): of filters, that one attribute is equal. */
export function listQuery(query: Readonly<Record<string, unknown>>, attributes: readonly string[]): ListQuery {
  const [startIndex, count] = [numberOf(query["startIndex"], 1), numberOf(query["count"], 100)];
  const paging = { skip: Math.max(startIndex, 1) - 1, count: Math.min(Math.max(count, 0), MOST) };
  const text = query["filter"];
  if (text === undefined || text === "") return { ...paging, filter: undefined };
  const [, name, value] = (typeof text === "string" && FILTER.exec(text)) || [];
  const attribute = name?.toLowerCase();
  if (attribute === undefined || value === undefined || !attributes.includes(attribute))
    throw refuse("scim.bad_filter", `a filter is one of ${attributes.join(", ")}, "eq", and a text in quotes`);
  return { ...paging, filter: { attribute, value: value.replaceAll(/\\(.)/g, "$1") } };
}

/** A page of resources (RFC 7644 §3.4.2). */
export const listResponse = (resources: readonly object[], total: number, { skip }: ListQuery) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
  totalResults: total,
  startIndex: skip + 1,
  itemsPerPage: resources.length,
  Resources: resources,
});

function numberOf(value: unknown, otherwise: number): number {
  const number = Number(value);
  return value === undefined || value === "" || !Number.isSafeInteger(number) ? otherwise : number;
}
