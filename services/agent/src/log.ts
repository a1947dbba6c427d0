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
      const plain = Object.entries(fields).map(([name, value]) => [
        name,
        value instanceof Error ? value.message : value,
      ]);
      write(`${JSON.stringify({ time: now().toISOString(), level, message, ...Object.fromEntries(plain) })}\n`);
    };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}
