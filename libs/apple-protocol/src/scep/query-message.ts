/**
 * The message that stands in a GET's `message` (RFC 8894 §4.3), after the query was decoded. Clients write base64 with
 * either alphabet, and those that leave `+` bare send what a query reads as a space.
 */
export const scepMessageInQuery = (message: string): Buffer => Buffer.from(message.replaceAll(" ", "+"), "base64");
