import { isTransient } from "@muster/postgres/sqlstate";
import type { Uuids } from "@muster/postgres/uuids";
import type { CommandWork, Database } from "./ports.ts";

/** More devices are two parts: fewer are asked as fast in one. */
const WHOLE_AT_MOST = 10_000;

/**
 * Asks devices, very many of them in two halves at once, each on a connection of its own: a statement runs on one core. Both commit
 * when both are done, so that mostly all is asked or nothing. When somebody else is in the way of a half, all is asked in one
 * transaction, which waits for them; when only one could commit, the other half is asked again.
 */
export async function askInParts<T>(
  database: Database,
  tenant: string,
  deviceIds: Uuids,
  ask: (work: CommandWork, part: Uuids) => Promise<T>,
): Promise<T[]> {
  const alone = (part: Uuids) => database.tenant(tenant, (work) => ask(work, part));
  if (deviceIds.length <= WHOLE_AT_MOST) return [await alone(deviceIds)];
  const sorted = deviceIds.sorted();
  const middle = Math.ceil(sorted.length / 2);
  const halves = [sorted.slice(0, middle), sorted.slice(middle)];
  const ends = await database.together(
    tenant,
    halves.map((half) => (work) => ask(work, half)),
  );
  if (ends.every(({ status }) => status === "rejected")) {
    const [first] = ends;
    if (first?.status === "rejected" && !isTransient(first.reason)) throw first.reason;
    return [await alone(sorted)];
  }
  const answers: T[] = [];
  for (const [place, end] of ends.entries())
    answers.push(end.status === "fulfilled" ? end.value : await alone(halves[place] ?? sorted));
  return answers;
}
