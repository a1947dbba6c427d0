import { experimental } from "@grpc/grpc-js";
import type { Logger } from "@muster/host/logging";
import type { ServiceName } from "../calls.ts";
import type { ChannelSecurity } from "../client.ts";
import type { KeptCertificates } from "./kept-certificates.ts";
import { servicesOf } from "./service-uri.ts";

/** A service that proves itself to others by its certificate and asks theirs. */
export class Secured {
  readonly service: ServiceName;
  readonly certificates: KeptCertificates;
  readonly #credentials: ChannelSecurity["credentials"];

  constructor(service: ServiceName, certificates: KeptCertificates, log: Logger) {
    this.service = service;
    this.certificates = certificates;
    this.#credentials = experimental.createCertificateProviderChannelCredentials(certificates, certificates, {
      checkServerIdentity: (wanted, { subjectaltname: names }) => checkService(wanted, names, log),
    });
  }

  to(service: ServiceName): ChannelSecurity {
    return { credentials: this.#credentials, service };
  }
}

/** By the name of the service instead of the host's: where it runs, and under how many addresses, may change. */
function checkService(wanted: string, names: string | undefined, log: Logger): Error | undefined {
  if (servicesOf(names).some((name) => name === wanted)) return undefined;
  log.warn({ wanted, names }, "refused a peer whose certificate is not of the service that was called");
  return new Error(`the certificate is not of ${wanted}`);
}
