import type { Backoff } from "../channel/backoff.ts";
import type { Bell } from "../channel/bell.ts";
import type { OsqueryPost } from "../channel/osquery-post.ts";
import { ReenrollNeeded, ServerError } from "../channel/server-error.ts";
import type { Log } from "../log.ts";
import type { LogBuffer, LogKind } from "./log-buffer.ts";

export interface SendLogsOptions {
  readonly buffer: LogBuffer;
  readonly post: OsqueryPost;
  /** As the configuration says it at the moment. */
  readonly pace: () => { readonly logPeriodSec: number; readonly logMaxLines: number };
  readonly bell: Bell;
  readonly backoff: Backoff;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Sends what is buffered, oldest first, each period all there is. Rejects only with ReenrollNeeded. */
export async function sendLogs(options: SendLogsOptions): Promise<void> {
  const { pace, bell, backoff, log, signal } = options;
  while (!signal.aborted) {
    let waitMs = Math.max(1, pace().logPeriodSec) * 1_000;
    try {
      while (!signal.aborted && (await sendPortion(options)));
      backoff.reset();
    } catch (error) {
      if (error instanceof ReenrollNeeded) throw error;
      if (signal.aborted) return;
      waitMs = backoff.afterMs(error);
      log.warn("log lines could not be sent", { error, waitMs });
    }
    await bell.wait(waitMs, signal);
  }
}

/** Whether there was something to send. */
async function sendPortion({ buffer, post, pace, log }: SendLogsOptions): Promise<boolean> {
  const portion = await buffer.oldest();
  if (portion === undefined) return false;
  for (const kind of ["result", "status"] as const satisfies readonly LogKind[]) {
    const lines = portion.lines.filter((each) => each.kind === kind).map(({ line }) => line);
    const atOnce = Math.max(1, pace().logMaxLines);
    for (let start = 0; start < lines.length; start += atOnce) {
      await post("/api/osquery/log", { log_type: kind, data: lines.slice(start, start + atOnce) }).catch((error) => {
        // Sent again it would be refused again, and all that comes after it would wait for ever.
        if (!(error instanceof ServerError) || ![400, 413].includes(error.status)) throw error;
        log.error("log lines were refused and are dropped", { error, lines: lines.length });
      });
    }
  }
  await portion.done();
  return true;
}
