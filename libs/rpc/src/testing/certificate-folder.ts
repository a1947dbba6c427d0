// @peculiar/x509 finds its parts through it, so it comes first.
// oxlint-disable-next-line import/no-unassigned-import
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { CertificateFiles } from "../tls/certificates.ts";

const HOUR_MS = 3_600_000;
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const newKeys = () => webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
const life = () => ({ notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + HOUR_MS) });

/** An authority of the services' certificates. */
export class TestAuthority {
  readonly pem: string;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(keys: webcrypto.CryptoKeyPair, pem: string) {
    this.#keys = keys;
    this.pem = pem;
  }

  static async create(): Promise<TestAuthority> {
    const keys = await newKeys();
    const name = `CN=Services ${randomBytes(4).toString("hex")}`;
    const made = await X509CertificateGenerator.createSelfSigned({
      name,
      keys,
      signingAlgorithm: EC,
      ...life(),
      extensions: [new BasicConstraintsExtension(true, 0, true)],
    });
    return new TestAuthority(keys, `${made.toString("pem")}\n`);
  }

  /** A certificate with its key, both PEM. */
  async issue(uri: string): Promise<{ cert: string; key: string; serial: string }> {
    const keys = await newKeys();
    const serial = randomBytes(8).toString("hex").replace(/^./, "4");
    const made = await X509CertificateGenerator.create({
      serialNumber: serial,
      subject: "CN=service",
      issuer: new X509Certificate(this.pem).subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: EC,
      ...life(),
      extensions: [
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension([{ type: "url", value: uri }]),
      ],
    });
    const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return { cert: `${made.toString("pem")}\n`, key: PemConverter.encode(key, "PRIVATE KEY"), serial };
  }
}

/** Where a service finds its certificates, one file after the other, as somebody renews them. */
export class CertificateFolder {
  readonly files: CertificateFiles;

  constructor(folder: string) {
    this.files = { cert: join(folder, "tls.crt"), key: join(folder, "tls.key"), ca: join(folder, "ca.crt") };
  }

  async write(content: Partial<Record<keyof CertificateFiles, string>>): Promise<void> {
    await mkdir(join(this.files.cert, ".."), { recursive: true });
    for (const [name, pem] of Object.entries(content) as [keyof CertificateFiles, string][]) {
      await writeFile(`${this.files[name]}.new`, pem);
      await rename(`${this.files[name]}.new`, this.files[name]);
    }
  }
}
