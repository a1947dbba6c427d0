import { isIP } from "node:net";
import { promisify } from "node:util";
import type { TlsTrust } from "@muster/contracts/gen/muster/notification/v1/sink";
import {
  type Broker,
  type CompressionAlgorithmValue,
  type Connection,
  NetworkError,
  Producer,
  type SASLOptions,
  stringSerializers,
} from "@platformatic/kafka";
import type { Network } from "../../domain/address-policy.ts";
import { checkLiteral, guardedLookup } from "../../outbound/guarded-lookup.ts";
import { tlsOptions } from "../tls.ts";

export interface ProducerSettings {
  readonly brokers: readonly string[];
  readonly tls: TlsTrust | undefined;
  readonly plaintext: boolean;
  readonly sasl: SASLOptions | undefined;
  readonly compression: CompressionAlgorithmValue;
  readonly allowed: readonly Network[];
}

export type EventProducer = Producer<string, string, string, string>;

type Connect = (broker: Broker, callback: (error?: Error | null, connection?: Connection) => void) => void;

const CONNECT_TIMEOUT_MS = 10_000;
const RETRIES = 4;
const FIRST_PAUSE_MS = 100;

/**
 * An idempotent producer that waits for all replicas, and connects only where sinks may reach: a cluster names its brokers
 * itself, so each is looked at when it is connected to.
 */
export function guardedProducer({
  brokers,
  tls,
  plaintext,
  sasl,
  compression,
  allowed,
}: ProducerSettings): EventProducer {
  const producer = new Producer<string, string, string, string>({
    clientId: "muster",
    bootstrapBrokers: [...brokers],
    serializers: stringSerializers,
    idempotent: true,
    compression,
    autocreateTopics: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Repeated under the same sequence numbers, a record that is there already is not written again.
    retries: RETRIES,
    retryDelay: (_client, _operation, attempt) => FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()),
    ...(sasl !== undefined && { sasl }),
    ...(!plaintext && { tls: { ...tlsOptions(tls), lookup: guardedLookup(allowed) } }),
  });
  const pool = producer.connections;
  // The client listens to the first error of a connection only; a second would end the process.
  pool.on("connecting", ({ connection }) => connection.on("error", () => undefined));
  const connect: Connect = pool.get.bind(pool);
  const guard = plaintext ? resolved : literal;
  const guarded: Connect = (broker, callback) => {
    guard(broker, allowed).then(
      (reachable) => connect(reachable, callback),
      (cause: Error) => callback(new NetworkError(cause.message, { canRetry: false, cause })),
    );
  };
  // The client itself asks for connections in this way only.
  pool.get = guarded as typeof pool.get;
  return producer;
}

/** With TLS the socket's own look-up finds only what may be reached; what is an address already is never looked up. */
async function literal(broker: Broker, allowed: readonly Network[]): Promise<Broker> {
  checkLiteral(broker.host, allowed);
  return broker;
}

/** Without TLS the socket has no look-up of its own: it is given the address. */
async function resolved({ host, port }: Broker, allowed: readonly Network[]): Promise<Broker> {
  checkLiteral(host, allowed);
  if (isIP(host) !== 0) return { host, port };
  const address = await promisify<string>((done) =>
    guardedLookup(allowed)(host, {}, (error, found) => done(error, found as string)),
  )();
  return { host: address, port };
}
