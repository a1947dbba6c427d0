/** One thing to say about a profile. */
export interface Finding {
  /** Where, such as PayloadContent[0].PayloadUUID; empty for the whole. */
  readonly path: string;
  readonly message: string;
}
