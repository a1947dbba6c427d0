import { ConfigurationError, port, text } from "@muster/host/environment";
import type { Host } from "@muster/host/service";
import { isService, type ServiceName } from "./calls.ts";
import { Channel } from "./client.ts";
import { GrpcServer } from "./server.ts";
import { KeptCertificates } from "./tls/kept-certificates.ts";
import { Secured } from "./tls/secured.ts";

/** What each service's configuration holds for its calls and those of the others. */
export const RPC = {
  grpcPort: ["MUSTER_GRPC_PORT", port],
  serviceToken: ["MUSTER_SERVICE_TOKEN", text],
  grpcCert: ["MUSTER_GRPC_CERT", text, ""],
  grpcKey: ["MUSTER_GRPC_KEY", text, ""],
  grpcCa: ["MUSTER_GRPC_CA", text, ""],
} as const;

export interface RpcConfig {
  readonly grpcPort: number;
  readonly serviceToken: string;
  readonly grpcCert: string;
  readonly grpcKey: string;
  readonly grpcCa: string;
}

/** How a service answers the others, and how it asks them. */
export interface Rpc {
  readonly server: GrpcServer;
  /** @param address host and port of the service, or several as gRPC names them */
  channelTo(service: ServiceName, address: string): Channel;
}

const LOOK_EVERY_MS = 10_000;

/** @throws ConfigurationError when the certificates are of no use. */
export async function openRpc(host: Host, config: RpcConfig): Promise<Rpc> {
  const { log, lifecycle } = host;
  const { grpcPort, serviceToken } = config;
  const secured = await openSecured(host, config);
  return {
    server: new GrpcServer({ port: grpcPort, serviceToken, secured, log, lifecycle }),
    channelTo: (service, address) => new Channel(address, serviceToken, lifecycle, secured?.to(service)),
  };
}

async function openSecured({ service, log, lifecycle }: Host, config: RpcConfig): Promise<Secured | undefined> {
  const files = { cert: config.grpcCert, key: config.grpcKey, ca: config.grpcCa };
  const given = Object.values(files).filter((file) => file !== "").length;
  if (given === 0) return undefined;
  if (given < 3) throw new ConfigurationError("MUSTER_GRPC_CERT, MUSTER_GRPC_KEY and MUSTER_GRPC_CA go together");
  if (!isService(service)) throw new Error(`it is not said whom ${service} calls`);
  const options = { files, service, log, lifecycle, everyMs: LOOK_EVERY_MS };
  const certificates = await KeptCertificates.open(options).catch((error: unknown) => {
    throw new ConfigurationError(`MUSTER_GRPC_CERT: ${error instanceof Error ? error.message : String(error)}`);
  });
  return new Secured(service, certificates, log);
}
