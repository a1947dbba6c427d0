export type SqlErrorCode =
  | "sql.refused"
  | "sql.invalid"
  | "sql.unconstrained"
  | "sql.too_many_rows"
  | "sql.too_large"
  | "sql.time_limit"
  | "sql.stopped";

/** A query that was not answered. The code is for programs, the message for whoever wrote the query. */
export class SqlError extends Error {
  readonly code: SqlErrorCode;

  constructor(code: SqlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SqlError";
    this.code = code;
  }
}
