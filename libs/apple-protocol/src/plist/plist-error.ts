/** A property list that cannot be read. */
export class PlistError extends Error {
  override readonly name = "PlistError";
  /** Where in the bytes. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset}`);
    this.offset = offset;
  }
}
