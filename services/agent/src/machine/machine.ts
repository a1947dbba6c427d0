import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats, statSync } from "node:fs";

/** Something that was asked of this machine and could not be read. */
interface Unreadable {
  readonly path: string;
  readonly reason: string;
  /** What the agent would need to read it. */
  readonly needs: string;
}

/**
 * The machine as tables read it. Everything is synchronous: tables run in the query process,
 * which serves one query at a time and may be killed at any moment.
 * `as` names a whole family of paths (such as `/proc/<pid>/exe`) so that it is noted once.
 */
export interface Machine {
  /** Undefined if it is not there (no note) or may not be read (noted). */
  text(path: string, as?: string): string | undefined;
  /** Like `text`, for a file without which a table says nothing: its absence is noted too. */
  mustText(path: string): string | undefined;
  bytes(path: string, as?: string): Buffer | undefined;
  /** The names in a folder, sorted; empty if there is no such folder. */
  names(path: string, as?: string): readonly string[];
  link(path: string, as?: string): string | undefined;
  status(path: string, options?: { readonly follow?: boolean }): Stats | undefined;
  /** Standard output of a program that ended with 0 within ten seconds. */
  run(program: string, args: readonly string[]): string | undefined;
  note(unreadable: Unreadable): void;
  readonly unreadable: readonly Unreadable[];
}

const ABSENT = new Set(["ENOENT", "ENOTDIR", "ESRCH", "EINVAL", "ENXIO", "ENODEV"]);
const DENIED = new Set(["EACCES", "EPERM"]);
const PROGRAM_LIMIT_MS = 10_000;
const PROGRAM_OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

export function openMachine(): Machine {
  const notes = new Map<string, Unreadable>();
  const note = (unreadable: Unreadable) => {
    notes.set(unreadable.path, unreadable);
  };
  const attempt = <T>(path: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      const code = errorCode(error);
      if (ABSENT.has(code)) return undefined;
      note({ path, reason: code, needs: DENIED.has(code) ? "root" : "" });
      return undefined;
    }
  };
  const text = (path: string, as = path) => attempt(as, () => readFileSync(path, "utf8"));
  return {
    text,
    mustText(path) {
      const content = text(path);
      if (content === undefined && !notes.has(path)) note({ path, reason: "missing", needs: "" });
      return content;
    },
    bytes: (path, as = path) => attempt(as, () => readFileSync(path)),
    names: (path, as = path) => attempt(as, () => readdirSync(path).sort()) ?? [],
    link: (path, as = path) => attempt(as, () => readlinkSync(path)),
    status: (path, { follow = true } = {}) => attempt(path, () => (follow ? statSync(path) : lstatSync(path))),
    run(program, args) {
      try {
        return execFileSync(program, [...args], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
          timeout: PROGRAM_LIMIT_MS,
          maxBuffer: PROGRAM_OUTPUT_LIMIT_BYTES,
        });
      } catch (error) {
        note({ path: [program, ...args].join(" "), reason: errorCode(error), needs: "" });
        return undefined;
      }
    },
    note,
    get unreadable() {
      return [...notes.values()];
    },
  };
}

function errorCode(error: unknown): string {
  const { code, status } = error as { code?: string; status?: number };
  if (code !== undefined) return code;
  return status === undefined ? "failed" : `exit ${status}`;
}
