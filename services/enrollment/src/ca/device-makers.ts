import type { X509Certificate } from "node:crypto";
import { hasIssued } from "@muster/apple-protocol/x509/has-issued";
import { readTrustedCertificates } from "./trusted-certificates.ts";

/** Who signs the certificates that Apple's devices leave the factory with. Nothing else under Apple's root is a device. */
const DEVICE_CA = /(?:^|\n)CN=Apple iPhone Device CA(?:\n|$)/;
const LONGEST_CHAIN = 4;

/**
 * Believes devices by the certificate that they left the factory with. Apple's intermediate certificates have expired and
 * go on signing, so that no certificate's time is looked at; which certificates a device sends along differs.
 */
export class DeviceMakers {
  readonly #pinned: readonly X509Certificate[];

  constructor(pinned: readonly X509Certificate[]) {
    this.#pinned = pinned;
  }

  /** Whether it is known at all who makes devices. */
  get areKnown(): boolean {
    return this.#pinned.length > 0;
  }

  /** Whether one of Apple's device authorities made this certificate. */
  vouchFor(certificate: X509Certificate, sent: readonly X509Certificate[]): boolean {
    if (!DEVICE_CA.test(certificate.issuer)) return false;
    const between = sent.filter(({ ca }) => ca);
    let last = certificate;
    for (let length = 0; length < LONGEST_CHAIN; length++) {
      if (this.#pinned.some((issuer) => hasIssued(issuer, last))) return true;
      const next = between.find((issuer) => hasIssued(issuer, last));
      if (next === undefined) return false;
      last = next;
    }
    return false;
  }
}

/** Reads the certificates to believe from a PEM file; none when no file is named. */
export const readDeviceMakers = async (file: string): Promise<DeviceMakers> =>
  new DeviceMakers(await readTrustedCertificates(file, "MUSTER_APPLE_DEVICE_ROOTS"));
