import type { CommandResult } from "../command.ts";
import type { Input } from "../decide.ts";
import type { AppleError } from "./apple-work.ts";

/** What a device says of the command it had in hand. */
export interface AppleReport {
  readonly commandId: string;
  readonly status: "Acknowledged" | "Error" | "CommandFormatError" | "NotNow";
  /** As the device said it; data is base64. */
  readonly response: Readonly<Record<string, unknown>>;
  readonly errors: readonly AppleError[];
  /** Why it never came to the device: what it was to carry could not be had. */
  readonly notHandedOut?: string;
}

/** What a report means for the command. */
export function inputOf({ errors, notHandedOut, response, status }: AppleReport, now: Date): Input {
  if (status === "NotNow") return { kind: "put_off" };
  const result: CommandResult = {
    exitCode: undefined,
    output: "",
    outputTruncated: false,
    reason: status === "Acknowledged" ? "" : (notHandedOut ?? reasonOf(status, errors)),
    startedAt: undefined,
    endedAt: now,
    apple: { response, errors },
  };
  return { kind: "report", report: { state: status === "Acknowledged" ? "succeeded" : "failed", result } };
}

/** A command that the device cannot read is a fault of ours, and says so. */
function reasonOf(status: string, errors: readonly AppleError[]): string {
  const [first] = errors;
  if (first === undefined) return status === "CommandFormatError" ? "the device could not read the command" : "error";
  return `${first.domain} ${first.code}: ${first.description}`.slice(0, 500);
}
