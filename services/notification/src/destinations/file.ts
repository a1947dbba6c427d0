import { type FileHandle, mkdir, open, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type ItemOutcome, type OutgoingEvent, TAKEN } from "../domain/outgoing-event.ts";
import { type Destination, DestinationError } from "./destination.ts";

export interface FileOptions {
  readonly folder: string;
  /** The file's name without its ending. */
  readonly name: string;
  readonly rotateBytes: number;
  readonly rotateMs: number;
  readonly now: () => Date;
}

const ENDING = ".ndjson";

interface OpenFile {
  readonly handle: FileHandle;
  readonly openedAt: number;
  size: number;
}

/**
 * Appends events to a file, one a line. They are on the disk, and not just in its cache, before they count as taken. A
 * file that is large or old enough is closed under a name with the time, and a new one is begun.
 */
export class FileDestination implements Destination {
  readonly #options: FileOptions;
  #file: OpenFile | undefined;
  /** Batches are written one after another: a line is never torn by another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: FileOptions) {
    this.#options = options;
  }

  send(events: readonly OutgoingEvent[]): Promise<readonly ItemOutcome[]> {
    const written = this.#last
      .then(() => this.#append(events))
      .catch((cause: NodeJS.ErrnoException) => {
        throw new DestinationError(`the file cannot be written: ${cause.code ?? cause.message}`, {
          retryable: true,
          cause,
        });
      });
    this.#last = written.catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file?.handle.close();
    this.#file = undefined;
  }

  async #append(events: readonly OutgoingEvent[]): Promise<readonly ItemOutcome[]> {
    const file = await this.#current();
    const lines = Buffer.from(events.map(({ text }) => `${text}\n`).join(""));
    try {
      await file.handle.appendFile(lines);
      await file.handle.datasync();
    } catch (error) {
      // What stands in the file now is not known: the next attempt opens it anew and looks.
      this.#file = undefined;
      await file.handle.close().catch(() => undefined);
      throw error;
    }
    file.size += lines.length;
    return events.map(() => TAKEN);
  }

  async #current(): Promise<OpenFile> {
    const { rotateBytes, rotateMs, now } = this.#options;
    const file = this.#file;
    if (file !== undefined && file.size < rotateBytes && now().getTime() - file.openedAt < rotateMs) return file;
    if (file !== undefined) await this.#rotate(file);
    this.#file = await this.#open();
    return this.#file;
  }

  get #path(): string {
    return join(this.#options.folder, this.#options.name + ENDING);
  }

  async #open(): Promise<OpenFile> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o750 });
    const handle = await open(this.#path, "a+", 0o640);
    try {
      const { size, birthtimeMs } = await handle.stat();
      if (size > 0) await endLine(handle, size);
      // The file's name is on the disk before any event in it counts as taken.
      await syncFolder(this.#options.folder);
      return { handle, size, openedAt: size === 0 ? this.#options.now().getTime() : birthtimeMs };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #rotate(file: OpenFile): Promise<void> {
    this.#file = undefined;
    await file.handle.close();
    const { folder, name, now } = this.#options;
    const stem = `${name}-${now()
      .toISOString()
      .replaceAll(/[-:]|\.\d+/g, "")}`;
    const taken = new Set(await readdir(folder));
    let target = stem + ENDING;
    for (let count = 2; taken.has(target); count++) target = `${stem}-${count}${ENDING}`;
    await rename(this.#path, join(folder, target));
    await syncFolder(folder);
  }
}

/** A process that died while it wrote may have left half a line: what follows begins on a new one. */
async function endLine(handle: FileHandle, size: number): Promise<void> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer.toString() !== "\n") await handle.appendFile("\n");
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
