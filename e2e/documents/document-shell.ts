import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { DocumentMark } from "./document-mark.ts";

export interface ShellEnd {
  /** What the block ended with; a signal counts from 128, as in a shell. */
  readonly code: number;
  /** Standard output and error, as a terminal shows them. */
  readonly output: string;
}

export type Runnable = Exclude<DocumentMark, { kind: "not-run" }>;

/** A block may wait for devices, and each device for its next contact. */
const WITHIN_MS = 60_000;

const BLOCK = 'eval "$(<.block)" <.typed';
/** What the shell is told for each kind of block. It tells where a block stands between two characters that nothing else prints. */
const LINES: Readonly<Record<Runnable["kind"], string>> = {
  run: `${BLOCK}; printf '␞end 0␞'\n`,
  ends: `set +e; (set -e; ${BLOCK}); printf '␞end %s␞' $?; set -e\n`,
  // With jobs of their own, as at a terminal: Ctrl-C must not reach what runs in the background.
  until: `set -m; (${BLOCK}) & set +m; printf '␞began %s␞' $!; c=0; wait $! || c=$?; printf '␞end %s␞' $c\n`,
};
const BEGAN = /␞began (\d+)␞/;
const END = /␞end (\d+)␞/;

/** One bash, in which the blocks of a document run one after another, as a reader pastes them. */
export class DocumentShell {
  readonly #folder: string;
  readonly #bash: ChildProcess;
  readonly #input: Writable;
  #shown = "";
  #ended: string | undefined;
  #told = Promise.withResolvers<void>();

  /** @param folder where the reader stands. */
  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#bash = spawn("bash", ["--noprofile", "--norc", "-euo", "pipefail"], {
      cwd: folder,
      env,
      // A process group of its own, so that what a document leaves running ends with it.
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#input = this.#bash.stdin as Writable;
    this.#input.on("error", () => undefined);
    this.#input.write("exec 2>&1\n");
    (this.#bash.stdout as Readable).setEncoding("utf8").on("data", (text: string) => {
      this.#shown += text;
      this.#tell();
    });
    // What it left in the background holds its output open.
    this.#bash.once("exit", () => killGroup(this.#bash.pid));
    this.#bash.once("close", (code, signal) => {
      this.#ended = `the shell ended with ${code ?? signal}`;
      this.#tell();
    });
  }

  /** Runs a block to its end, or until it showed what its mark says. @param typed what is read by a program that asks. */
  async run(text: string, mark: Runnable, typed: string): Promise<ShellEnd> {
    this.#shown = "";
    await writeFile(join(this.#folder, ".block"), `${text}\n`);
    await writeFile(join(this.#folder, ".typed"), typed);
    this.#input.write(LINES[mark.kind]);
    const deadline = AbortSignal.timeout(WITHIN_MS);
    if (mark.kind === "until") await this.#interrupt(mark.seen, deadline);
    const [, code] = await this.#until(() => END.exec(this.#shown), END, deadline);
    return { code: Number(code), output: this.#output };
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const ended = once(this.#bash, "close");
    killGroup(this.#bash.pid);
    await ended;
  }

  /** Waits until this is shown, and does then what Ctrl-C does. */
  async #interrupt(seen: RegExp, deadline: AbortSignal): Promise<void> {
    const [, group] = await this.#until(() => BEGAN.exec(this.#shown), BEGAN, deadline);
    try {
      await this.#until(() => seen.exec(this.#output), seen, deadline);
      process.kill(-Number(group), "SIGINT");
    } catch (error) {
      killGroup(Number(group));
      throw error;
    }
  }

  get #output(): string {
    return this.#shown.replaceAll(/␞[^␞]*␞/g, "");
  }

  async #until<T>(look: () => T | null, what: RegExp, deadline: AbortSignal): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== null) return found;
      const shown = `shown until then:\n${this.#output}`;
      if (this.#ended !== undefined) throw new Error(`${this.#ended}; ${shown}`);
      if (deadline.aborted) throw new Error(`still not ${what} after ${WITHIN_MS / 1000} s; ${shown}`);
      const late = Promise.withResolvers<void>();
      deadline.addEventListener("abort", () => late.resolve(), { once: true });
      await Promise.race([this.#told.promise, late.promise]);
    }
  }

  #tell(): void {
    this.#told.resolve();
    this.#told = Promise.withResolvers();
  }
}

function killGroup(group: number | undefined): void {
  try {
    process.kill(-(group as number), "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
