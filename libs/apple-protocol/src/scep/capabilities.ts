/** What GetCACaps answers (RFC 8894 §3.5.2). Weak algorithms are named only to clients that need them. */
export const scepCapabilities = (legacy: boolean): string =>
  [
    "AES",
    "POSTPKIOperation",
    "Renewal",
    "SHA-256",
    "SHA-512",
    "SCEPStandard",
    ...(legacy ? ["DES3", "SHA-1"] : []),
  ].join("\n");
