import { appendFile, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";

export type LogKind = "result" | "status";

export interface BufferedLine {
  readonly kind: LogKind;
  readonly line: object;
}

/** Some of the oldest lines, as they are sent together. */
export interface Portion {
  readonly lines: readonly BufferedLine[];
  /** Forgets them, once they are with the server. */
  done(): Promise<void>;
}

/**
 * Log lines on the disk until the server has them. They outlive a restart; when there are more bytes than allowed the
 * oldest go, for a machine that is away for long must not fill its disk. After a power cut the last ones may be missing.
 */
export interface LogBuffer {
  add(kind: LogKind, lines: readonly object[]): Promise<void>;
  /** The oldest lines, nothing when there are none; what is added later comes with the next portion. */
  oldest(): Promise<Portion | undefined>;
}

export interface BufferOptions {
  readonly maxBytes: number;
  /** How large a file, and so a portion, becomes before the next one begins; one line may be longer. */
  readonly portionBytes: number;
  /** Told of what had to go: the oldest, or a line that no server would take. */
  readonly dropped: (bytes: number) => void;
}

/** Half of what the server's door takes at once. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

export async function openLogBuffer(folder: string, options: BufferOptions): Promise<LogBuffer> {
  const { maxBytes, portionBytes, dropped } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  /** The sizes of the files, oldest first. */
  const files = new Map<number, number>();
  for (const name of await readdir(folder)) {
    const number = Number(name.replace(".ndjson", ""));
    if (Number.isSafeInteger(number)) files.set(number, (await stat(join(folder, name))).size);
  }
  const inOrder = [...files].toSorted(([a], [b]) => a - b);
  files.clear();
  for (const [number, size] of inOrder) files.set(number, size);
  // What an earlier life wrote last may end in the middle of a line: nothing is added to it.
  let newest = (inOrder.at(-1)?.[0] ?? 0) + 1;
  let tail: Promise<unknown> = Promise.resolve();

  const pathOf = (number: number) => join(folder, `${String(number).padStart(12, "0")}.ndjson`);
  const remove = async (number: number) => {
    files.delete(number);
    await rm(pathOf(number), { force: true });
  };
  const append = async (text: string) => {
    const bytes = Buffer.byteLength(text);
    if ((files.get(newest) ?? 0) >= portionBytes) newest++;
    await appendFile(pathOf(newest), text, { mode: 0o600 });
    files.set(newest, (files.get(newest) ?? 0) + bytes);
    let total = [...files.values()].reduce((sum, size) => sum + size, 0);
    for (const [number, size] of files) {
      if (total <= maxBytes || number === newest) break;
      await remove(number);
      total -= size;
      dropped(size);
    }
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work);
    tail = done.catch(() => undefined);
    return done;
  };

  return {
    add: (kind, lines) =>
      inTurn(async () => {
        let text = "";
        for (const line of lines) {
          const one = `${JSON.stringify({ kind, line })}\n`;
          if (one.length > MAX_LINE_BYTES) dropped(one.length);
          else text += one;
          if (text.length < portionBytes) continue;
          await append(text);
          text = "";
        }
        if (text !== "") await append(text);
      }),
    oldest: () =>
      inTurn(async () => {
        const [number] = files.keys();
        if (number === undefined) return undefined;
        if (number === newest) newest++;
        const text = await readFile(pathOf(number), "utf8").catch(() => "");
        return { lines: [...parseLines(text)], done: () => inTurn(() => remove(number)) };
      }),
  };
}

function* parseLines(text: string): Iterable<BufferedLine> {
  for (const line of text.split("\n")) {
    try {
      if (line !== "") yield JSON.parse(line) as BufferedLine;
    } catch {
      // Cut off by a power cut or a full disk.
    }
  }
}
