type Fields = Readonly<Record<string, unknown>>;

/** One constant sentence a call, what varies in the fields. */
export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

/** JSON lines, as journald and log shippers take them. Errors among the fields are written as their message. */
export function jsonLog(write: (line: string) => void, now: () => Date): Log {
  const at =
    (level: string) =>
    (message: string, fields: Fields = {}) => {
      write(`${jsonLine({ time: now().toISOString(), level, message, ...fields })}\n`);
    };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

export const jsonLine = (fields: Fields): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? value.message : value]),
    ),
  );
