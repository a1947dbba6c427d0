import { refuse } from "./refusals.ts";

/**
 * Selecting from the table carves with carve = 1 makes osquery send the files within a minute; a % in the path makes it a
 * pattern. The answer is the one row of the new carve, or none when the host does not carve or nothing fits the pattern.
 */
export const carveSql = (path: string): string =>
  `select carve_guid from carves where carve = 1 and path ${path.includes("%") ? "like" : "="} '${path.replaceAll("'", "''")}'`;

/** A path or glob that can stand in a carve question. */
export function checkedPath(path: string): string {
  const trimmed = path.trim();
  if (trimmed === "" || trimmed.length > 4_096) throw refuse("carve.bad_path", "path has 1 to 4096 characters");
  // oxlint-disable-next-line no-control-regex -- exactly these are refused
  if (/[\u0000-\u001f]/.test(trimmed)) throw refuse("carve.bad_path", "path holds a control character");
  return trimmed;
}
