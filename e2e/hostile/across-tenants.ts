import { type ApiDoor, ask } from "./api/ask.ts";
import { documentOf } from "./api/document.ts";
import { idIn, listedIn, NOBODY, type Things } from "./api/things.ts";
import { wellMade } from "./api/well-made.ts";

/** A request for another tenant's thing, and what the API made of it. */
export interface Crossing {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code: string;
}

export interface Crossings {
  /** How many lists were compared, and how many of the owner's things stood in them. */
  readonly lists: number;
  readonly things: number;
  readonly tried: readonly Crossing[];
  /** What the stranger saw or did, in words; there should be none. */
  readonly findings: readonly string[];
}

const API = "/api/v1/";
/** Lists that tell of the platform as a whole, and streams. */
const NO_LIST =
  /\/(events|export|verification|keys|backbone|me|tenants|device-counts|osquery-config|escrow-certificate)$/;
/** Nothing is removed there: what was on the first page is on a later one when more has happened. */
const GROWING = [`${API}activities`, `${API}audit/records`];
/** Counted in each tenant from 1. */
const OWN_NUMBERS = `${API}audit/records/`;

/**
 * Tries to reach, as a stranger, everything that an owner's tenant has: each list must show none of it, and each operation on
 * one thing, by its true id, must say that there is no such thing. At the end the owner must have all that was there before.
 */
export async function crossTenants(owner: ApiDoor, stranger: ApiDoor, made: Things): Promise<Crossings> {
  const { paths } = await documentOf(owner);
  const lists = Object.keys(paths).filter((path) => "get" in (paths[path] ?? {}) && isList(path));
  const findings: string[] = [];
  const owned = new Map<string, ReadonlySet<string>>();
  for (const path of lists) {
    const ids = idsIn((await told(owner, "GET", path)).json);
    owned.set(path, ids);
    const seen = idsIn((await told(stranger, "GET", path)).json);
    for (const id of seen) if (ids.has(id)) findings.push(`GET ${path} shows ${id}`);
  }
  const tried: Crossing[] = [];
  for (const [path, operations] of Object.entries(paths)) {
    const kind = path.slice(0, path.indexOf("/{"));
    const id = [...(owned.get(kind) ?? [])].at(-1) ?? made.newest(kind);
    if (!path.includes("{") || path.startsWith(OWN_NUMBERS) || id === undefined) continue;
    // A thing within a thing may have any name: the outer one is not the stranger's.
    const url = path.replace(/\{\w+\}/, id).replaceAll(/\{\w+\}/g, NOBODY);
    for (const [name, { operationId }] of Object.entries(operations)) {
      const method = name.toUpperCase();
      // What the owner would say: a request that is wrong in itself would prove nothing.
      const said = wellMade(0, (each) => made.idOf(each))[operationId];
      const body = said ?? (method === "PUT" ? (await told(owner, "GET", url)).json : {});
      const { json, status } = await told(stranger, method, url, method === "GET" ? undefined : body);
      tried.push({ method, path, status, code: (json as { code?: string } | undefined)?.code ?? "" });
      if (status < 300 && !saysNothing(json)) findings.push(`${method} ${url} was answered with ${status}`);
      if (status >= 500) findings.push(`${method} ${url} failed with ${status}`);
    }
  }
  for (const [path, ids] of owned) {
    if (GROWING.includes(path)) continue;
    const left = idsIn((await told(owner, "GET", path)).json);
    for (const id of ids) if (!left.has(id)) findings.push(`${id} is gone from ${path}`);
  }
  const things = [...owned.values()].reduce((sum, ids) => sum + ids.size, 0);
  return { lists: lists.length, things, tried, findings };
}

const isList = (path: string): boolean => !path.includes("{") && !NO_LIST.test(path);

async function told(door: ApiDoor, method: string, address: string, body?: unknown) {
  const { status, text } = await ask(door, { method, address, body });
  return { status, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The ids of what a list holds. */
const idsIn = (json: unknown): ReadonlySet<string> =>
  new Set(
    listedIn(json)
      .map(idIn)
      .filter((id) => id !== undefined),
  );

/** Whether an answer holds nothing but empty lists, zeros and empty texts. */
function saysNothing(json: unknown): boolean {
  if (Array.isArray(json)) return json.length === 0;
  if (typeof json === "object" && json !== null) return Object.values(json).every(saysNothing);
  return !json;
}
