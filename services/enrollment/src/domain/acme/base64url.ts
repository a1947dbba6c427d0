const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** Whether this is base64url without padding, in which ACME says all bytes, nonces and thumbprints (RFC 8555 §6.1). */
export const isBase64url = (value: unknown): value is string => typeof value === "string" && BASE64URL.test(value);
