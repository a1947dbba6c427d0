import type { experimental } from "@grpc/grpc-js";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { repeat } from "@muster/host/repeat";
import { metrics } from "@muster/host/telemetry";
import type { ServiceName } from "../calls.ts";
import { type CertificateFiles, type Certificates, endOf, readCertificates } from "./certificates.ts";

interface KeptOptions {
  readonly files: CertificateFiles;
  readonly service: ServiceName;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
  /** How often the files are looked at: Kubernetes replaces them by a link, which no watch of a file sees. */
  readonly everyMs: number;
}

type OnAuthority = Parameters<experimental.CertificateProvider["addCaCertificateListener"]>[0];
type OnIdentity = Parameters<experimental.CertificateProvider["addIdentityCertificateListener"]>[0];

/** The certificates in use: the last on disk that belonged together. New connections are made with them, others go on. */
export class KeptCertificates implements experimental.CertificateProvider {
  #current: Certificates;
  readonly #listeners = new Set<(certificates: Certificates) => void>();
  readonly #ofLibrary = new Map<OnAuthority | OnIdentity, (certificates: Certificates) => void>();

  private constructor(first: Certificates) {
    this.#current = first;
  }

  static async open({ files, service, log, lifecycle, everyMs }: KeptOptions): Promise<KeptCertificates> {
    const kept = new KeptCertificates(await readCertificates(files, service));
    const look = async () => {
      const read = await readCertificates(files, service).catch((error: unknown) => {
        log.warn({ err: error, inUseUntil: endOf(kept.#current) }, "certificates on disk are of no use, kept the last");
      });
      if (read === undefined || same(read, kept.#current)) return;
      kept.#take(read);
      log.info({ until: endOf(read) }, "took up renewed certificates");
    };
    repeat({ name: "certificates", everyMs, work: look, log, lifecycle });
    metrics
      .getMeter("muster")
      .createObservableGauge("muster.rpc.certificate.left", {
        unit: "s",
        description: "Until the certificate that this service shows the others ends",
      })
      .addCallback((gauge) => gauge.observe((endOf(kept.#current).getTime() - Date.now()) / 1000));
    return kept;
  }

  get current(): Certificates {
    return this.#current;
  }

  onRenewed(listener: (certificates: Certificates) => void): void {
    this.#listeners.add(listener);
  }

  addCaCertificateListener(listener: OnAuthority): void {
    this.#follow(listener, ({ ca }) => listener({ caCertificate: ca }));
  }

  addIdentityCertificateListener(listener: OnIdentity): void {
    this.#follow(listener, ({ cert, key }) => listener({ certificate: cert, privateKey: key }));
  }

  removeCaCertificateListener(listener: OnAuthority): void {
    this.#leave(listener);
  }

  removeIdentityCertificateListener(listener: OnIdentity): void {
    this.#leave(listener);
  }

  #take(renewed: Certificates): void {
    this.#current = renewed;
    for (const listener of this.#listeners) listener(renewed);
  }

  #follow(of: OnAuthority | OnIdentity, listener: (certificates: Certificates) => void): void {
    this.#ofLibrary.set(of, listener);
    this.#listeners.add(listener);
    listener(this.#current);
  }

  #leave(of: OnAuthority | OnIdentity): void {
    const listener = this.#ofLibrary.get(of);
    if (listener !== undefined) this.#listeners.delete(listener);
    this.#ofLibrary.delete(of);
  }
}

const same = (a: Certificates, b: Certificates): boolean =>
  a.cert.equals(b.cert) && a.key.equals(b.key) && a.ca.equals(b.ca);
