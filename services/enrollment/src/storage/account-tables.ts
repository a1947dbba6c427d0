import type { ColumnType } from "kysely";
import type { MinimumSystem } from "../domain/automated/update-gate.ts";

export interface AccountSignInTable {
  tenant: string;
  id: string;
  name: string;
  issuer: string;
  client_id: string;
  client_secret: Buffer | null;
  allows_personal: boolean;
  allows_corporate: boolean;
  sign_in_days: number;
  minimums: ColumnType<MinimumSystem[], string, string>;
  created_at: Date;
  revision: number;
}

export interface AccountDomainTable {
  domain: string;
  tenant: string;
  sign_in_id: string;
}
