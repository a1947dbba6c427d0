/** Why a signed or enveloped message cannot be used. */
export type CmsErrorCode = "malformed" | "unsupported" | "bad_signature" | "no_signer" | "cannot_open";

export class CmsError extends Error {
  override readonly name = "CmsError";
  readonly code: CmsErrorCode;

  constructor(code: CmsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What goes wrong while a message is read is the message's fault, and has one name. */
export function readingCms<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CmsError) throw error;
    throw new CmsError("malformed", "the message cannot be read", { cause: error });
  }
}
