import { timingSafeEqual, X509Certificate } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/**
 * What the trusted hop in front of a device door says about a caller. The ingress proves itself by a shared key;
 * without it, its headers are nothing but something a stranger wrote.
 */
export class TrustedIngress {
  readonly #key: Buffer;

  constructor(key: string) {
    this.#key = Buffer.from(key);
  }

  /** The client certificate that the ingress verified (RFC 9440 Client-Cert), if it is the ingress that says so. */
  clientCertificate(headers: IncomingHttpHeaders): X509Certificate | undefined {
    const value = headers["client-cert"];
    if (typeof value !== "string" || !this.#isIngress(headers)) return undefined;
    const match = /^:([A-Za-z0-9+/=]+):$/.exec(value);
    if (match?.[1] === undefined) return undefined;
    try {
      return new X509Certificate(Buffer.from(match[1], "base64"));
    } catch {
      return undefined;
    }
  }

  /** The device's own address: the last hop before the ingress, or the peer itself. */
  remoteAddress(headers: IncomingHttpHeaders, peer: string | undefined): string {
    const forwarded = headers["x-forwarded-for"];
    if (typeof forwarded === "string" && this.#isIngress(headers)) {
      return forwarded.split(",").at(-1)?.trim() ?? "";
    }
    return peer ?? "";
  }

  #isIngress(headers: IncomingHttpHeaders): boolean {
    const given = headers["muster-ingress-key"];
    if (typeof given !== "string") return false;
    const bytes = Buffer.from(given);
    return bytes.length === this.#key.length && timingSafeEqual(bytes, this.#key);
  }
}
