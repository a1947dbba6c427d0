import type { OsqueryRow } from "../rows.ts";
import { type AppleRows, flatRow, isRecord, listIn, type Response, textOf } from "./apple-answer.ts";

/** Lists among the status items, and the facts that are made of them. */
const LISTS: readonly (readonly [path: string, fact: string])[] = [
  ["app.managed.list", "apple_status_apps"],
  ["mdm.app", "apple_status_apps"],
  ["security.certificate.list", "apple_status_certificates"],
];

/** Accounts come in a list for each kind. */
const ACCOUNTS = "account.list";

function at(items: Response, path: string): unknown {
  let value: unknown = items;
  for (const name of path.split(".")) value = isRecord(value) ? value[name] : undefined;
  return value;
}

/** Lists have facts of their own, or are of no use in one row. */
function withoutLists(items: Response): Response {
  return Object.fromEntries(
    Object.entries(items).flatMap(([key, value]) => {
      if (isRecord(value)) return [[key, withoutLists(value)]];
      return Array.isArray(value) && value.some(isRecord) ? [] : [[key, value]];
    }),
  );
}

/** Status items are joined by dots and dashes where facts have underscores. */
const underscored = (row: OsqueryRow): OsqueryRow =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column.replaceAll("-", "_"), value]));

/** What the status items of an Apple device say, as facts of rows. Software updates change by themselves, and stand alone. */
export function readAppleStatus(
  items: Response,
  errors: readonly { readonly item: string; readonly code: string; readonly description: string }[],
): AppleRows[] {
  const { account: _accounts, softwareupdate, ...others } = items;
  const lists = LISTS.flatMap(([path, fact]): AppleRows[] => {
    const list = at(items, path);
    return Array.isArray(list)
      ? [{ fact, rows: list.filter(isRecord).map((member) => underscored(flatRow(member))) }]
      : [];
  });
  const accounts = at(items, ACCOUNTS);
  return [
    { fact: "apple_status", rows: [underscored(flatRow(withoutLists(others)))] },
    ...(isRecord(softwareupdate)
      ? [{ fact: "apple_status_software_update", rows: [underscored(flatRow(withoutLists(softwareupdate)))] }]
      : []),
    ...lists,
    ...(isRecord(accounts) ? [{ fact: "apple_status_accounts", rows: accountRows(accounts) }] : []),
    { fact: "apple_status_errors", rows: errors.map(({ code, description, item }) => ({ item, code, description })) },
  ];
}

/** One row for each account, with the kind of the list that it stands in. */
const accountRows = (accounts: Response, kind = ""): OsqueryRow[] =>
  Object.entries(accounts).flatMap(([key, value]) => {
    const here = kind === "" ? key : `${kind}.${key}`;
    if (isRecord(value)) return accountRows(value, here);
    return listIn(accounts, key).map((account) => ({
      kind: here,
      identifier: textOf(account["identifier"]),
      declaration: textOf(account["declaration-identifier"]),
      ...underscored(flatRow(account)),
    }));
  });
