/** A message of a device that is no message of Apple's protocol. */
export class MdmMessageError extends Error {
  override readonly name = "MdmMessageError";
}
