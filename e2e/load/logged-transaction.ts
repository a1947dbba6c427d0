import { open, stat } from "node:fs/promises";
import type { Client } from "pg";

const BEGINS = /^begin\b/;
const ENTRY = /^\S+ \S+ UTC \[(\d+)\] LOG: {2}(?:execute [^:]+|statement): (.*)/;

/**
 * What transactions asked of Postgres while `act` ran: how many statements they had, beginning and end among them. They are those
 * that hold a statement which begins like `marked`; the log knows a transaction by its process.
 */
export async function countStatements(
  database: Client,
  logFile: string,
  marked: RegExp,
  act: () => Promise<void>,
): Promise<number> {
  // Without parameters: those of very many devices are megabytes.
  for (const setting of ["log_statement = 'all'", "log_parameter_max_length = 0"])
    await database.query(`alter system set ${setting}`);
  await database.query("select pg_reload_conf()");
  const { size } = await stat(logFile);
  try {
    await act();
  } finally {
    await database.query("alter system reset all");
    await database.query("select pg_reload_conf()");
  }
  return statementsIn(await readFrom(logFile, size), marked);
}

async function readFrom(file: string, position: number): Promise<string> {
  await using handle = await open(file);
  return (await handle.readFile()).subarray(position).toString();
}

export function statementsIn(log: string, marked: RegExp): number {
  const open = new Map<string, { statements: number; marked: boolean }>();
  let transaction: { statements: number; marked: boolean } | undefined;
  let statements = 0;
  for (const line of log.split("\n")) {
    const [, process, text = ""] = ENTRY.exec(line) ?? [];
    if (process !== undefined) {
      if (BEGINS.test(text)) open.set(process, { statements: 0, marked: false });
      transaction = open.get(process);
      if (transaction !== undefined) transaction.statements++;
      if (text.startsWith("commit") && transaction?.marked === true) statements += transaction.statements;
    } else if (!line.startsWith("\t")) transaction = undefined;
    // A statement goes on in lines that are set in.
    if (transaction !== undefined && marked.test(process === undefined ? line : text)) transaction.marked = true;
  }
  if (statements === 0) throw new Error("the log of the database has no such transaction");
  return statements;
}
