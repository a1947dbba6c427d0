interface CommandBase {
  readonly id: string;
  readonly deviceId: string;
  /** ISO times. */
  readonly createdAt: string;
  readonly notAfter: string;
}

export interface ScriptParams {
  readonly content: string;
  readonly interpreter?: string;
  readonly timeoutSec: number;
  readonly maxOutputBytes: number;
}

export type Command = CommandBase &
  (
    | { readonly type: "run_script"; readonly params: ScriptParams }
    | { readonly type: "cancel"; readonly params: { readonly commandId: string } }
    | { readonly type: "refetch" }
    | { readonly type: "restart" }
    | { readonly type: "shutdown" }
  );

/** What the server is told of a command. */
export interface CommandResult {
  readonly commandId: string;
  readonly state: "running" | "succeeded" | "failed" | "refused" | "expired";
  readonly reason?: string;
  readonly exitCode?: number;
  readonly output?: string;
  readonly outputTruncated?: boolean;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

export const INTERRUPTED = "interrupted: the agent stopped while the command ran";
