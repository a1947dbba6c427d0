import type { SealedCertificate } from "../storage/push-certificates.ts";
import type { ApnsAddress } from "./apns-connection.ts";
import { ApnsPool } from "./apns-pool.ts";
import { PushLane } from "./push-lane.ts";
import type { PushMetrics } from "./push-metrics.ts";

export interface PushLanesOptions {
  readonly address: ApnsAddress;
  /** PEM of the key of a certificate. */
  readonly openKey: (certificate: SealedCertificate) => string;
  /** Connections of one certificate at most. */
  readonly connections: number;
  /** Pushes of one topic a second. */
  readonly perSecond: number;
  readonly metrics: PushMetrics;
}

/** One lane for each certificate that pushes went out under. */
export class PushLanes {
  readonly #options: PushLanesOptions;
  readonly #lanes = new Map<string, PushLane>();

  constructor(options: PushLanesOptions) {
    this.#options = options;
  }

  /** The lane of a certificate; what was open with an earlier certificate of the topic is closed. */
  of(certificate: SealedCertificate): PushLane {
    const { issued, tenant } = certificate;
    if (issued === undefined) throw new Error("the certificate has not come yet");
    const key = `${tenant}/${issued.topic}`;
    const known = this.#lanes.get(key);
    if (known?.certificate.issued?.certificate === issued.certificate) return known;
    known?.close();
    const { address, connections, metrics, openKey, perSecond } = this.#options;
    const identity = { certificate: issued.certificate, key: openKey(certificate) };
    const lane = new PushLane(certificate, new ApnsPool(address, identity, connections), perSecond, metrics);
    this.#lanes.set(key, lane);
    return lane;
  }

  close(): void {
    for (const lane of this.#lanes.values()) lane.close();
    this.#lanes.clear();
  }
}
