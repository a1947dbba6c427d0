import { readFileSync } from "node:fs";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { inboxPrefix } from "./permissions.ts";
import { flushInSpan } from "./publish-spans.ts";

const MINIMUM = [2, 11] as const;

/**
 * Connects and reconnects for ever; refuses a server older than 2.11, which would ignore settings without a word. The
 * credentials file is read at each connection, so that a new one needs no restart; none is used when it is empty.
 */
export async function connectBus(
  url: string,
  name: string,
  log: Logger,
  credentialsFile = "",
): Promise<NatsConnection> {
  const bus = await connect({
    servers: url.split(","),
    name: `muster-${name}`,
    inboxPrefix: inboxPrefix(name),
    ...(credentialsFile !== "" && { authenticator: credsAuthenticator(() => readFileSync(credentialsFile)) }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    reconnectJitter: 500,
    waitOnFirstConnect: true,
    ignoreAuthErrorAbort: true,
    // Each request, and so each event that is published singly, would write down twice where it came from.
    noAsyncTraces: true,
  });
  const version = bus.info?.version ?? "";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
    await bus.close();
    throw new Error(`NATS server ${version} is too old: install 2.11 or newer`);
  }
  void watch(bus, log);
  return bus;
}

async function watch(bus: NatsConnection, log: Logger): Promise<void> {
  for await (const status of bus.status()) {
    if (status.type === "disconnect") log.warn("bus disconnected");
    else if (status.type === "reconnect") log.info("bus reconnected");
    else if (status.type === "error") log.error({ err: status.error }, "bus error");
  }
}

/** The bus of one service: connected, a condition of readiness, drained at the end. */
export async function openBus(
  url: string,
  service: string,
  log: Logger,
  lifecycle: Lifecycle,
  credentialsFile: string,
): Promise<NatsConnection> {
  const bus = await connectBus(url, service, log, credentialsFile);
  lifecycle.add("bus", () => (bus.isClosed() ? undefined : bus.drain()));
  lifecycle.probe("nats", () => flushInSpan(bus));
  lifecycle.check("bus", () => !bus.isClosed());
  return bus;
}
