/** What GetCACaps answers (RFC 8894 §3.5.2). Weak algorithms are named only to clients that need them.
 * SHA-384 is no word of the RFC, but strongSwan 5.9 takes neither AES nor SHA-256 from a server that does not say it. */
export const scepCapabilities = (legacy: boolean): string =>
  [
    "AES",
    "POSTPKIOperation",
    "Renewal",
    "SHA-256",
    "SHA-384",
    "SHA-512",
    "SCEPStandard",
    ...(legacy ? ["DES3", "SHA-1"] : []),
  ].join("\n");
