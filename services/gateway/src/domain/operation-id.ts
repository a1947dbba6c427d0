import { refuse } from "./refusals.ts";

/** What operations are of, as their ids say it. */
const OPERATION_PREFIXES = ["campaign", "live-query", "plan", "command"] as const;

export type OperationPrefix = (typeof OPERATION_PREFIXES)[number];

const ID = /^([a-z-]+?)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const unknownOperation = (id: string) =>
  refuse(
    "operation.unknown",
    `there is no operation ${id}; its id is one of ${OPERATION_PREFIXES.join(", ")}, a dash and a UUID`,
  );

/** Parts an operation's id into what it is of and the id of that. */
export function partsOfOperationId(id: string): { readonly prefix: OperationPrefix; readonly of: string } {
  const [, named, of = ""] = ID.exec(id) ?? [];
  const prefix = OPERATION_PREFIXES.find((each) => each === named);
  if (prefix === undefined) throw unknownOperation(id);
  return { prefix, of };
}
