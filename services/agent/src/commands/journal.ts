import { type FileHandle, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder, writeDurably } from "../state/write-durably.ts";
import type { CommandResult } from "./command.ts";
import { advance, type JournalEntry, linesOf, type Recorded } from "./journal-entry.ts";

/**
 * What was decided about every command, on the disk before anything is done about it. It is what makes a command run
 * at most once: one that has a `started` line is never started again, whatever happened since.
 */
export interface Journal {
  find(id: string): Recorded | undefined;
  /** A copy as of now, in the order in which the commands came. */
  all(): ReadonlyMap<string, Recorded>;
  /** Results the server has not accepted yet, oldest first. */
  pendingResults(): readonly CommandResult[];
  /** Returns once the lines are on the disk. */
  append(...lines: readonly JournalEntry[]): Promise<void>;
  close(): Promise<void>;
}

/** A command whose time is over would be refused as expired anyway; a day more allows for clocks that differ. */
const KEPT_AFTER_END_MS = 24 * 3600_000;
const COMPACT_ABOVE_LINES = 1000;

export async function openJournal(path: string, now: () => Date): Promise<Journal> {
  const commands = new Map<string, Recorded>();
  for (const line of parseLines(await readOrEmpty(path))) apply(commands, line);
  let lines = await compact(path, commands, now());
  let file = await openForAppend(path);
  let tail: Promise<void> = Promise.resolve();

  const write = async (entries: readonly JournalEntry[]) => {
    await file.appendFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    await file.datasync();
    for (const entry of entries) apply(commands, entry);
    lines += entries.length;
    if (lines <= COMPACT_ABOVE_LINES + 2 * commands.size) return;
    await file.close();
    lines = await compact(path, commands, now());
    file = await openForAppend(path);
  };

  return {
    find: (id) => commands.get(id),
    all: () => new Map(commands),
    pendingResults: () => [...commands.values()].flatMap((each) => (each.state === "ended" ? [each.result] : [])),
    append(...entries) {
      const written = tail.then(() => write(entries));
      tail = written.catch(() => undefined);
      return written;
    },
    async close() {
      await tail;
      await file.close();
    },
  };
}

function apply(commands: Map<string, Recorded>, line: JournalEntry): void {
  const next = advance(commands.get(line.id), line);
  if (next !== undefined) commands.set(line.id, next);
}

function* parseLines(text: string): Iterable<JournalEntry> {
  for (const line of text.split("\n")) {
    try {
      if (line !== "") yield JSON.parse(line) as JournalEntry;
    } catch {
      // Only a line that was being written when the power went can be torn, and nothing was done on its word yet.
    }
  }
}

async function compact(path: string, commands: Map<string, Recorded>, now: Date): Promise<number> {
  for (const [id, { state, notAfter }] of commands) {
    const over = state === "accepted" || state === "received";
    if (over && Date.parse(notAfter) + KEPT_AFTER_END_MS < now.getTime()) commands.delete(id);
  }
  const lines = [...commands].flatMap(([id, recorded]) => linesOf(id, recorded));
  await writeDurably(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return lines.length;
}

async function openForAppend(path: string): Promise<FileHandle> {
  const file = await open(path, "a", 0o600);
  await syncFolder(dirname(path));
  return file;
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
