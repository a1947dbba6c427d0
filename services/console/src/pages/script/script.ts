/** A saved script. */
export interface Script {
  readonly id: string;
  readonly name: string;
  readonly content: string;
  readonly sha256: string;
  readonly updatedBy: string;
  readonly updatedAt?: string;
}
