import { type DetailQuery, whereTableExists } from "./detail-query.ts";

const COLUMNS =
  "common_name, issuer, ca, self_signed, not_valid_before, not_valid_after, key_algorithm, key_strength, signing_algorithm, sha1, serial, path";

const query = (columns: string, where: string): DetailQuery => ({
  fact: "certificates",
  shape: "list",
  sql: `select distinct ${columns} from certificates${where}`,
  numbers: ["ca", "self_signed", "key_strength"],
  times: ["not_valid_before", "not_valid_after"],
  discovery: whereTableExists("certificates"),
});

/** What the machine trusts and what it identifies itself with, as far as the system's folders have it. */
export const LINUX_CERTIFICATES = query(COLUMNS, "");

/** Without the roots that macOS brings along: those change with the system, and its version says which they are. */
export const MACOS_CERTIFICATES = query(COLUMNS, " where path not like '/System/Library/%'");

/** The machine's own stores; a user's stores repeat them. */
export const WINDOWS_CERTIFICATES = query(`${COLUMNS}, store`, " where store_location = 'LocalMachine'");
