import type { CommandResult } from "./command.ts";
import type { Report } from "./decide.ts";

/** What of a script's output is kept, in bytes of UTF-8; the agent is told to send no more. */
export const MAX_OUTPUT_BYTES = 256 * 1024;
const MAX_REASON = 2_000;
const STATES: ReadonlySet<unknown> = new Set<Report["state"]>(["running", "succeeded", "failed", "refused", "expired"]);

/** What a device says about one command. It is somebody else's data: nothing in it is believed to have its type. */
export interface RawReport {
  readonly state?: unknown;
  readonly reason?: unknown;
  readonly exitCode?: unknown;
  readonly output?: unknown;
  readonly outputTruncated?: unknown;
  readonly startedAt?: unknown;
  readonly endedAt?: unknown;
}

/** Reads a device's report; nothing when its state is none of the known ones. What is too long is cut. */
export function readReport(raw: RawReport): Report | undefined {
  if (!STATES.has(raw.state)) return undefined;
  const { output, truncated } = cutOutput(typeof raw.output === "string" ? raw.output : "");
  const reason = typeof raw.reason === "string" ? clean(raw.reason).slice(0, MAX_REASON) : "";
  const state = raw.state as Report["state"];
  const result: CommandResult = {
    exitCode: isInt32(raw.exitCode) ? raw.exitCode : undefined,
    output,
    outputTruncated: truncated || raw.outputTruncated === true,
    // The API promises that an empty reason means that all went well.
    reason: reason === "" && (state === "failed" || state === "refused") ? state : reason,
    startedAt: dateOf(raw.startedAt),
    endedAt: dateOf(raw.endedAt),
    apple: undefined,
  };
  return { state, result };
}

function cutOutput(raw: string): { output: string; truncated: boolean } {
  const output = clean(raw);
  const bytes = Buffer.from(output);
  if (bytes.length <= MAX_OUTPUT_BYTES) return { output, truncated: false };
  // A character cut in two at the end becomes U+FFFD, which takes as many bytes as may be left over.
  return {
    output: bytes
      .subarray(0, MAX_OUTPUT_BYTES)
      .toString()
      .replace(/\uFFFD$/, ""),
    truncated: true,
  };
}

// Postgres keeps no NUL in text, and no half of a surrogate pair in jsonb, where events end up.
const clean = (text: string): string => text.replaceAll("\0", "\uFFFD").toWellFormed();

const isInt32 = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 2 ** 31;

function dateOf(value: unknown): Date | undefined {
  if (typeof value !== "string") return undefined;
  const date = new Date(value);
  // Beyond these years neither Postgres nor a proto timestamp follows.
  return date.getTime() > 0 && date.getUTCFullYear() < 9999 ? date : undefined;
}
