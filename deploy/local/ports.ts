import { freePorts } from "@muster/backing/free-port";
import { SERVICES, type ServiceName, type ServicePorts } from "./topology.ts";

export interface Ports {
  readonly postgres: number;
  readonly nats: number;
  readonly natsMonitor: number;
  /** The public device origin. */
  readonly ingress: number;
  /** The public origin of page and REST API: the gateway's own door, or the ingress in front of its replicas. */
  readonly page: number;
  /** Of the simulated push service, and of the simulated Apple devices that it wakes. */
  readonly apns: number;
  readonly appleFleet: number;
  /** Of each replica. */
  readonly services: Readonly<Record<ServiceName, readonly ServicePorts[]>>;
}

/**
 * "fixed" is the documented set; a number moves the whole set there; "free" takes whatever is free, and so does a choice
 * of the ingress alone, for devices that know it already.
 */
export type PortChoice = "fixed" | "free" | number | Pick<Ports, "ingress">;

/** How many processes of each service, or of some: of the others one. */
export type Replicas = number | Readonly<Partial<Record<ServiceName, number>>>;

const countOf = (replicas: Replicas, service: ServiceName): number =>
  typeof replicas === "number" ? replicas : (replicas[service] ?? 1);

const DEFAULT_PAGE = 8080;
const DEFAULT_INGRESS = 8443;
const DEFAULT_INNER = 7400;

export async function choosePorts(choice: PortChoice, replicas: Replicas): Promise<Ports> {
  if (choice === "free") return drawPorts(replicas);
  if (typeof choice === "object") return { ...(await drawPorts(replicas)), ...choice };
  return choice === "fixed"
    ? layOut(DEFAULT_PAGE, DEFAULT_INGRESS, DEFAULT_INNER, replicas)
    : layOut(choice, choice + 1, choice + 2, replicas);
}

function layOut(page: number, ingress: number, inner: number, replicas: Replicas): Ports {
  let last = inner + 2;
  const services = eachReplica(replicas, page, () => ++last);
  const own = { postgres: inner, nats: inner + 1, natsMonitor: inner + 2, apns: ++last, appleFleet: ++last };
  return { ...own, ingress, page, services };
}

async function drawPorts(replicas: Replicas): Promise<Ports> {
  const processes = SERVICES.reduce((sum, { name }) => sum + countOf(replicas, name), 0);
  const drawn = await freePorts(7 + processes * 3);
  const next = (): number => drawn.pop() ?? 0;
  const page = next();
  const services = eachReplica(replicas, page, next);
  return {
    postgres: next(),
    nats: next(),
    natsMonitor: next(),
    ingress: next(),
    page,
    apns: next(),
    appleFleet: next(),
    services,
  };
}

/** Every service's first replica, then every service's second. A gateway alone has the page's port. */
function eachReplica(replicas: Replicas, page: number, next: () => number): Ports["services"] {
  const ports = Object.fromEntries(SERVICES.map(({ name }) => [name, [] as ServicePorts[]])) as Record<
    ServiceName,
    ServicePorts[]
  >;
  const most = Math.max(...SERVICES.map(({ name }) => countOf(replicas, name)));
  for (let replica = 0; replica < most; replica++) {
    for (const { name } of SERVICES) {
      const count = countOf(replicas, name);
      if (replica >= count) continue;
      const inner = { http: next(), grpc: next(), admin: next() };
      ports[name].push(name === "gateway" && count === 1 ? { ...inner, http: page } : inner);
    }
  }
  return ports;
}
