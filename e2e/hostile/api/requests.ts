import * as fc from "fast-check";
import type { OpenapiDocument, Operation } from "./document.ts";
import { rightValues } from "./right-values.ts";
import { ODD_PARTS, UNREADABLE_PARTS, type Wrong, wrongBodies, wrongQueries } from "./wrong-values.ts";

/** A request before the ids of things are filled in. */
export interface Request {
  /** What is special about it, in words. */
  readonly name: string;
  /** A wrong one must be refused with a 4xx. */
  readonly isWrong: boolean;
  /** Which of the things, where there are several. */
  readonly place: number;
  readonly query: Readonly<Record<string, unknown>>;
  /** Changes to the well-made body, or the whole of it. */
  readonly body?: { readonly base: "well-made" | "none"; readonly fields: unknown } | undefined;
  readonly wrong?: Wrong;
  /** In place of the last id in the path. */
  readonly part?: string;
}

const place = fc.nat(20);

/** Requests that the document allows. */
export function rightRequests(document: OpenapiDocument, operation: Operation): fc.Arbitrary<Request> {
  const values = rightValues(document);
  const query = fc.record(
    Object.fromEntries(Object.entries(operation.query).map(([name, schema]) => [name, values(schema, name)])),
    { requiredKeys: [], noNullPrototype: true },
  );
  const fields = operation.body === undefined ? undefined : values(operation.body);
  const body =
    fields === undefined ? fc.constant(undefined) : fc.record({ base: fc.constantFrom("well-made", "none"), fields });
  return fc.record({ name: fc.constant("as described"), isWrong: fc.constant(false), place, query, body });
}

/** Requests that are wrong in one way. */
export function wrongRequests(document: OpenapiDocument, operation: Operation): fc.Arbitrary<Request> {
  const base = { isWrong: true, place: 0, query: {} };
  const inQuery = wrongQueries(document, operation.body === undefined ? operation.query : {}).map(
    (wrong): Request => ({ ...base, name: `${wrong.name} in the query`, query: { [wrong.at[0] ?? ""]: wrong.value } }),
  );
  const ways: fc.Arbitrary<Request>[] = [inQuery];
  if (operation.path.includes("{")) {
    ways.push(
      fc.constantFrom(...UNREADABLE_PARTS).map((part) => ({ ...base, name: "no text in the path", part })),
      fc.constantFrom(...ODD_PARTS).map((part) => ({ ...base, name: "no id in the path", isWrong: false, part })),
    );
  }
  if (operation.body !== undefined) {
    const inBody = wrongBodies(document, operation.body).map(
      (wrong): Request => ({
        ...base,
        name: `${wrong.name} at ${wrong.at.join(".") || "the body"}`,
        body: { base: "well-made", fields: {} },
        wrong,
      }),
    );
    return fc.oneof({ weight: 4, arbitrary: inBody }, ...ways);
  }
  return fc.oneof(...ways);
}
