/** Whose question a name stands for: the name goes to the host and comes back with the answer. */
export type QueryName =
  | { readonly kind: "detail"; readonly fact: string }
  | { readonly kind: "label" | "policy"; readonly id: string; readonly revision: number }
  | { readonly kind: "live" | "carve"; readonly id: string };

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const REVISED = new RegExp(`^muster_(label|policy)_(${UUID})_(\\d{1,9})$`);
const ONCE = new RegExp(`^muster_(live|carve)_(${UUID})$`);
const DETAIL = /^muster_detail_([a-z0-9_]{1,64})$/;

export function queryName(name: QueryName): string {
  switch (name.kind) {
    case "detail":
      return `muster_detail_${name.fact}`;
    case "label":
    case "policy":
      return `muster_${name.kind}_${name.id}_${name.revision}`;
    case "live":
    case "carve":
      return `muster_${name.kind}_${name.id}`;
  }
}

export function parseQueryName(text: string): QueryName | undefined {
  const detail = DETAIL.exec(text);
  if (detail?.[1] !== undefined) return { kind: "detail", fact: detail[1] };
  const revised = REVISED.exec(text);
  if (revised?.[2] !== undefined) {
    return { kind: revised[1] as "label" | "policy", id: revised[2], revision: Number(revised[3]) };
  }
  const once = ONCE.exec(text);
  return once?.[2] === undefined ? undefined : { kind: once[1] as "live" | "carve", id: once[2] };
}

const ID = new RegExp(`^${UUID}$`);

export const isUuid = (text: string): boolean => ID.test(text);
