import type { Platform } from "../platform.ts";

export interface TableSpec {
  /** Absent means every platform. */
  readonly on?: readonly Platform[];
  /** `name TYPE` pairs as osquery's table specifications name them. */
  readonly columns: string;
  /** Visible columns that only one platform adds. */
  readonly only?: Partial<Record<Platform, string>>;
  /** Columns that may be named in a query and that `*` does not show. */
  readonly hidden?: string;
}

export type TableSpecs = Readonly<Record<string, TableSpec>>;
