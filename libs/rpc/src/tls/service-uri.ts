import { isService, type ServiceName } from "../calls.ts";

/** The URI that a service's certificate carries as subject alternative name. */
export const serviceUri = (service: ServiceName): string => `urn:muster:service:${service}`;

const URI = /(?:^|, )URI:urn:muster:service:([a-z]+)(?=,|$)/g;

/** Which services a certificate stands for, from its subject alternative names as OpenSSL writes them. */
export const servicesOf = (subjectAltName = ""): ServiceName[] =>
  [...subjectAltName.matchAll(URI)].map(([, name = ""]) => name).filter(isService);
