import { context, type DiagLogFunction, type DiagLogger } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { Logger } from "../logging.ts";

/** A receiver that is away fails twice a second; one line a minute says so. */
const EVERY_MS = 60_000;

/** Tells in the log what OpenTelemetry's own parts complain of, which would otherwise be lost without a word. */
export function exportComplaints(log: Logger, now: () => number = Date.now): DiagLogger {
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell: DiagLogFunction = (message, ...rest) => {
    if (now() - toldAt < EVERY_MS) return;
    toldAt = now();
    context.with(suppressTracing(context.active()), () => {
      log.warn({ reason: [message, ...rest].map(String).join(" ") }, "telemetry was not taken");
    });
  };
  const ignore: DiagLogFunction = () => undefined;
  return { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore };
}
