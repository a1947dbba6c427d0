import type { X509Certificate } from "node:crypto";

/** Whether an authority issued a certificate and signed it. Nothing is said about anyone's time. */
export const hasIssued = (issuer: X509Certificate, certificate: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
