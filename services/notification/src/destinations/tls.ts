import { X509Certificate } from "node:crypto";
import type { TlsTrust } from "@muster/contracts/gen/muster/notification/v1/sink";
import { refuse } from "../domain/refusals.ts";

/** Which fields of a TlsTrust named `tls` are secret. */
export const TLS_SECRETS = ["tls.clientKey"];

/** How a TLS connection is made, in the words of node:tls. */
export const tlsOptions = (trust: TlsTrust | undefined) => ({
  ...(trust?.caCertificates && { ca: trust.caCertificates }),
  ...(trust?.clientCertificate && { cert: trust.clientCertificate, key: trust.clientKey }),
  ...(trust?.serverName && { servername: trust.serverName }),
});

export function checkTls(trust: TlsTrust | undefined): void {
  if (trust === undefined) return;
  for (const name of ["caCertificates", "clientCertificate"] as const) {
    if (trust[name] !== "" && !isCertificate(trust[name])) {
      throw refuse("sink.bad_destination", `tls.${name} is no certificate in PEM`);
    }
  }
  if ((trust.clientCertificate === "") !== (trust.clientKey === "")) {
    throw refuse("sink.bad_destination", "tls.clientCertificate and tls.clientKey go together");
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).serialNumber !== "";
  } catch {
    return false;
  }
}
