import type { Api, Json } from "../../api/client.ts";
import { UUID } from "../../api/device.ts";
import { EXIT } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { cellText } from "../../output/print.ts";
import type { Kind } from "./known-kinds.ts";

const AT_MOST = 100_000;

/** All that there are of a kind, up to a limit. */
export async function listOf(
  api: Api,
  { paged, path, field, single }: Kind,
  query: Readonly<Record<string, string | readonly string[] | undefined>> = {},
  limit = AT_MOST,
): Promise<Json[]> {
  if (single) return [await api.get(path)];
  return paged ? api.list(path, field, query as Record<string, string>, limit) : (await api.get(path, query))[field];
}

/** One thing of a kind, whole, by its id or by what people call it. */
export async function findOne(api: Api, kind: Kind, name: string): Promise<Json> {
  if (kind.single) return api.get(kind.path);
  const isRead = kind.one?.includes("get") === true;
  // The platform itself knows a device by its hostname, serial number and hardware UUID.
  if (kind.plural === "devices") return api.get(onePath(kind, name));
  if (isRead && UUID.test(name)) return api.get(onePath(kind, name));
  const found = oneOf(await listOf(api, kind), kind, name);
  return isRead ? api.get(onePath(kind, keyOf(kind, found))) : found;
}

/** The one of a list that has this id, or this name alone. */
export function oneOf(items: readonly Json[], kind: Kind, name: string): Json {
  const byKey = name === "" ? undefined : items.find((item) => keyOf(kind, item) === name);
  if (byKey !== undefined) return byKey;
  const [found, ...others] = items.filter((item) => namesOf(kind, item).includes(name));
  if (found === undefined)
    throw new Failure(
      EXIT.missing,
      `there is no "${name}" among ${kind.plural}; \`muster get ${kind.plural}\` lists them`,
    );
  if (others.length === 0) return found;
  const ids = [found, ...others].map((item) => keyOf(kind, item));
  throw new Failure(
    EXIT.conflict,
    `${ids.length} of ${kind.plural} are called "${name}": say which by ${ids.join(", ")}`,
  );
}

/** What people may call it: its names, and what stands first in the list. */
export const namesOf = ({ columns }: Kind, item: Json): string[] =>
  [item.name, item.identifier, columns[0]?.[1](item)].filter(Boolean).map(cellText);

export const keyOf = ({ key = "id" }: Kind, item: Json): string => item[key] ?? "";

export const onePath = ({ path }: Kind, key: string): string => `${path}/${encodeURIComponent(key)}`;
