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
/** What the shell is told for each kind of block. It tells where a block stands between two bytes that nothing else prints. */
const LINES: Readonly<Record<Runnable["kind"], string>> = {
  run: `${BLOCK}; printf '\\1end 0\\1'\n`,
  ends: `set +e; (set -e; ${BLOCK}); printf '\\1end %s\\1' $?; set -e\n`,
  // With jobs of their own, as at a terminal: Ctrl-C must not reach what runs in the background.
  until: `set -m; (${BLOCK}) & set +m; printf '\\1began %s\\1' $!; c=0; wait $! || c=$?; printf '\\1end %s\\1' $c\n`,
};
const BEGAN = /\x01began (\d+)\x01/;
const END = /\x01end (\d+)\x01/;

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
    if (mark.kind === "until") {
      const group = Number(await this.#until(BEGAN, deadline));
      await this.#until(mark.seen, deadline);
      // Ctrl-C.
      process.kill(-group, "SIGINT");
    }
    const code = Number(await this.#until(END, deadline));
    return { code, output: this.#output };
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const ended = once(this.#bash, "close");
    process.kill(-(this.#bash.pid as number), "SIGTERM");
    process.kill(-(this.#bash.pid as number), "SIGKILL");
    await ended;
  }

  get #output(): string {
    return this.#shown.replaceAll(/\x01[^\x01]*\x01/g, "");
  }

  /** @returns the first group of the pattern. */
  async #until(pattern: RegExp, deadline: AbortSignal): Promise<string | undefined> {
    for (;;) {
      const match = pattern.exec(this.#shown);
      if (match !== null) return match[1];
      if (this.#ended !== undefined) throw new Error(`${this.#ended}; shown until then:\n${this.#output}`);
      if (deadline.aborted) throw new Error(`still not ${pattern} after a minute; shown until then:\n${this.#output}`);
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
