import { jsonLine, type Log } from "../log.ts";
import { times } from "../schedule/log-lines.ts";
import type { LogBuffer } from "./log-buffer.ts";

/** osquery's numbers for how grave a status line is. */
const SEVERITIES = { info: 0, warn: 1, error: 2 } as const;

export interface StatusLogOptions {
  readonly log: Log;
  readonly buffer: Pick<LogBuffer, "add">;
  readonly host: string;
  readonly version: string;
  readonly now: () => Date;
}

/** A log that the server is told too, as an osquery client's status lines. */
export function statusLog({ log, buffer, host, version, now }: StatusLogOptions): Log {
  const both =
    (level: keyof typeof SEVERITIES): Log["info"] =>
    (message, fields = {}) => {
      log[level](message, fields);
      const text = Object.keys(fields).length === 0 ? message : `${message} ${jsonLine(fields)}`;
      const severity = SEVERITIES[level];
      const line = {
        hostIdentifier: host,
        ...times(now()),
        severity,
        filename: "muster-agent",
        line: 0,
        message: text,
        version,
      };
      buffer.add("status", [line]).catch((error: unknown) => log.error("a status line could not be kept", { error }));
    };
  return { info: both("info"), warn: both("warn"), error: both("error") };
}
