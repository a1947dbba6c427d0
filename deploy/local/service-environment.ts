import { dirname, join } from "node:path";
import type { PlatformKeyFiles } from "@muster/bus-accounts/platform-keys";
import type { Ports } from "./ports.ts";
import { publicCommandKeys, type SecretsFolder } from "./secrets.ts";
import type { ServiceCertificates } from "./service-certificates.ts";
import { SERVICES, type ServiceName, type ServicePorts } from "./topology.ts";

export interface EnvironmentInputs {
  readonly ports: Ports;
  readonly secrets: SecretsFolder;
  /** As the superuser; each service gets its own role in the same database. */
  readonly adminDatabaseUrl: string;
  readonly natsUrl: string;
  /** Who is who on a NATS of our own. */
  readonly natsKeys: PlatformKeyFiles | undefined;
  /** What the services show each other; without it they speak plaintext. */
  readonly serviceCertificates: ServiceCertificates | undefined;
  readonly publicDeviceUrl: string;
  readonly logLevel: string;
  /** What every process inherits, such as PATH and OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly inherited: NodeJS.ProcessEnv;
}

/** So much of each stream is kept here: the server sets it aside of what the disk has left. */
const STREAM_MIB = "512";

const grpcVariable = (service: ServiceName): string => `MUSTER_${service.toUpperCase()}_GRPC`;

/**
 * V8 sizes its heap by the machine's memory and collects late: on a large machine an idle service would hold twice what it
 * needs. In a container the limit does this by itself. What services read and hear dies young, and soon enough in a larger nursery.
 */
const heap = (service: ServiceName): string =>
  `--max-old-space-size=768 --max-semi-space-size=${service === "gateway" ? 4 : 32}`;

/** All replicas of a service, as gRPC names several addresses; on Kubernetes a headless service stands for them. */
const grpcTarget = (replicas: readonly ServicePorts[]): string =>
  `ipv4:${replicas.map(({ grpc }) => `127.0.0.1:${grpc}`).join(",")}`;

/** The whole configuration of one replica of a service. */
export function serviceEnvironment(service: ServiceName, inputs: EnvironmentInputs, replica = 0): NodeJS.ProcessEnv {
  const { ports, secrets: folder, natsUrl, natsKeys, publicDeviceUrl, logLevel, inherited } = inputs;
  const { secrets } = folder;
  const own = ports.services[service][replica];
  if (own === undefined) throw new Error(`There is no replica ${replica} of ${service}`);
  const sealsSecrets = SERVICES.some(({ name, sealsSecrets }) => name === service && sealsSecrets);
  return {
    ...inherited,
    // glibc would give each thread memory of its own, which is never given back; the threads here share little work.
    MALLOC_ARENA_MAX: "2",
    NODE_OPTIONS: `${inherited["NODE_OPTIONS"] ?? ""} ${heap(service)}`.trim(),
    ...Object.fromEntries(SERVICES.map(({ name }) => [grpcVariable(name), grpcTarget(ports.services[name])] as const)),
    MUSTER_DATABASE_URL: databaseUrlOf(service, inputs),
    MUSTER_NATS_URL: natsUrl,
    MUSTER_NATS_STREAM_MIB: STREAM_MIB,
    ...(natsKeys && { MUSTER_NATS_CREDENTIALS: natsKeys.credentials[service] }),
    ...(natsKeys && service === "notification" && accountKeys(natsKeys)),
    MUSTER_HTTP_PORT: String(own.http),
    MUSTER_GRPC_PORT: String(own.grpc),
    ...grpcFiles(inputs.serviceCertificates?.[service]),
    MUSTER_ADMIN_PORT: String(own.admin),
    MUSTER_LOG_LEVEL: logLevel,
    MUSTER_PUBLIC_URL: inherited["MUSTER_PUBLIC_URL"] ?? `http://localhost:${ports.page}`,
    MUSTER_PUBLIC_DEVICE_URL: publicDeviceUrl,
    MUSTER_SERVICE_TOKEN: secrets.serviceToken,
    MUSTER_INGRESS_KEY: secrets.ingressKey,
    MUSTER_NODE_KEY_PUBLIC: secrets.nodeKeyPublic,
    ...(sealsSecrets && { MUSTER_MASTER_KEY: secrets.masterKey }),
    ...PARTICULAR[service]?.(folder),
  };
}

const grpcFiles = (files: ServiceCertificates[ServiceName] | undefined): NodeJS.ProcessEnv =>
  files === undefined ? {} : { MUSTER_GRPC_CERT: files.cert, MUSTER_GRPC_KEY: files.key, MUSTER_GRPC_CA: files.ca };

/** Who may make accounts for subscribers of the bus. */
const accountKeys = ({ signingKey, credentials }: PlatformKeyFiles): NodeJS.ProcessEnv => ({
  MUSTER_NATS_SIGNING_KEY: signingKey,
  MUSTER_NATS_SYSTEM_CREDENTIALS: credentials.system,
});

/** What only this service may hold: no other can sign a node key, a certificate or a command. */
const PARTICULAR: Partial<Record<ServiceName, (folder: SecretsFolder) => NodeJS.ProcessEnv>> = {
  enrollment: ({ secrets, files }) => ({
    MUSTER_NODE_KEY_PRIVATE: secrets.nodeKeyPrivate,
    MUSTER_DEVICE_CA_CERT: files.deviceCaCert,
    MUSTER_DEVICE_CA_KEY: files.deviceCaKey,
    MUSTER_APPLE_CA_CERT: files.appleCaCert,
    MUSTER_APPLE_CA_KEY: files.appleCaKey,
    MUSTER_COMMAND_KEYS: JSON.stringify(publicCommandKeys(secrets.commandSigningKey)),
  }),
  command: ({ secrets, files }) => ({
    MUSTER_COMMAND_SIGNING_KEY: JSON.stringify(secrets.commandSigningKey),
    MUSTER_APPLE_CA_CERT: files.appleCaCert,
  }),
  // A receiver on this very machine is what one tries first.
  notification: ({ secrets, files }) => ({
    MUSTER_SINK_FOLDER: join(dirname(files.deviceCaCert), "sinks"),
    MUSTER_WEBHOOK_ALLOW_PRIVATE: "127.0.0.1/32,::1/128",
    MUSTER_AUDIT_SIGNING_KEY: JSON.stringify(secrets.auditSigningKey),
    MUSTER_SSF_SIGNING_KEY: JSON.stringify(secrets.signalSigningKey),
  }),
};

/** What the step that declares the streams needs. */
export const bootstrapEnvironment = ({ inherited, natsUrl, natsKeys }: EnvironmentInputs): NodeJS.ProcessEnv => ({
  ...inherited,
  MUSTER_NATS_URL: natsUrl,
  MUSTER_NATS_STREAM_MIB: STREAM_MIB,
  ...(natsKeys && { MUSTER_NATS_CREDENTIALS: natsKeys.credentials["bus-bootstrap"] }),
});

/** What a service's migration needs: the superuser, and the password its role is to have. */
export function migrationEnvironment(service: ServiceName, inputs: EnvironmentInputs): NodeJS.ProcessEnv {
  return {
    ...inputs.inherited,
    MUSTER_ADMIN_DATABASE_URL: inputs.adminDatabaseUrl,
    MUSTER_DATABASE_PASSWORD: inputs.secrets.secrets.databasePasswords[service],
  };
}

export function ingressEnvironment({ ports, secrets, inherited }: EnvironmentInputs): NodeJS.ProcessEnv {
  const each = (service: ServiceName, port: "http" | "admin"): string =>
    ports.services[service].map((own) => own[port]).join(",");
  return {
    ...inherited,
    MUSTER_HTTP_PORT: String(ports.ingress),
    MUSTER_SERVER_CERT: secrets.files.serverCert,
    MUSTER_SERVER_KEY: secrets.files.serverKey,
    MUSTER_DEVICE_CA_CERT: secrets.files.deviceCaCert,
    MUSTER_INGRESS_KEY: secrets.secrets.ingressKey,
    ...Object.fromEntries(
      SERVICES.flatMap(({ name }) => [
        [`MUSTER_${name.toUpperCase()}_HTTP`, each(name, "http")],
        [`MUSTER_${name.toUpperCase()}_ADMIN`, each(name, "admin")],
      ]),
    ),
    ...(ports.services.gateway.length > 1 && { MUSTER_PAGE_PORT: String(ports.page) }),
  };
}

function databaseUrlOf(service: ServiceName, { adminDatabaseUrl, secrets }: EnvironmentInputs): string {
  const url = new URL(adminDatabaseUrl);
  url.username = `muster_${service}`;
  url.password = secrets.secrets.databasePasswords[service];
  return url.href;
}
