/** Bytes that are no DER, or not the structure that was expected. */
export class DerError extends Error {
  override readonly name = "DerError";
}
