/** Why a result changed nothing. */
export type StrayKind = "repeated" | "late" | "foreign" | "unreadable";

/** A result that changed nothing. */
export interface StrayResult {
  readonly tenant: string;
  readonly deviceId: string;
  readonly commandId: string;
  readonly kind: StrayKind;
  readonly state: string;
}
