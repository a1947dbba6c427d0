import { type Attributes, attribute, attributesOf, badValue } from "./attributes.ts";

/** One change of one attribute. */
export interface Change {
  readonly op: "add" | "replace" | "remove";
  /** The attribute with its part, in lower case: "emails.value". */
  readonly path: string;
  /** What a filter in the path names: the x of members[value eq "x"]. */
  readonly selected: string | undefined;
  readonly value: unknown;
}

const MOST_OPERATIONS = 1_000;

// A schema before the name says nothing that the name does not.
const SCHEMA = /^urn:.*:(?=[a-z])/i;
const PATH = /^([a-z$][\w$-]*(?:\.[a-z$]\w*)?)(?:\[\s*\w+\s+eq\s+"?([^"\]]*)"?\s*\])?((?:\.[a-z$]\w*)?)$/i;

/**
 * The changes in a PATCH (RFC 7644 §3.5.2), as providers really send them: operations in any case, and without a path a
 * whole object, whose keys may be paths themselves.
 */
export function changesOf(body: unknown): Change[] {
  const operations = attribute(attributesOf(body), "Operations");
  if (!Array.isArray(operations) || operations.length > MOST_OPERATIONS)
    throw badValue(`Operations is a list of at most ${MOST_OPERATIONS}`);
  return operations.flatMap((each) => changesOfOperation(attributesOf(each)));
}

function changesOfOperation(operation: Attributes): Change[] {
  const op = String(attribute(operation, "op")).toLowerCase();
  if (op !== "add" && op !== "replace" && op !== "remove") throw badValue("op is add, replace or remove");
  const [path, value] = [attribute(operation, "path"), attribute(operation, "value")];
  if (typeof path === "string" && path !== "") return [changeOf(op, path, value)];
  if (op === "remove") throw badValue("remove needs a path");
  return Object.entries(attributesOf(value)).map(([name, part]) => changeOf(op, name, part));
}

function changeOf(op: Change["op"], written: string, value: unknown): Change {
  const [, name, selected, part] = PATH.exec(written.replace(SCHEMA, "")) ?? [];
  if (name === undefined) throw badValue(`the path ${written.slice(0, 100)} is not understood`);
  return { op, path: (name + (part ?? "")).toLowerCase(), selected, value };
}
