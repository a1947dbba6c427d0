import { freePorts } from "@muster/backing/free-port";
import { SERVICES, type ServiceName, type ServicePorts } from "./topology.ts";

export interface Ports {
  readonly postgres: number;
  readonly nats: number;
  readonly natsMonitor: number;
  /** The public device origin. */
  readonly ingress: number;
  /** Of the simulated push service, and of the simulated Apple devices that it wakes. */
  readonly apns: number;
  readonly appleFleet: number;
  readonly services: Readonly<Record<ServiceName, ServicePorts>>;
}

/** "fixed" is the documented set; a number moves the whole set there; "free" takes whatever is free. */
export type PortChoice = "fixed" | "free" | number;

const DEFAULT_PAGE = 8080;
const DEFAULT_INGRESS = 8443;
const DEFAULT_INNER = 7400;

export async function choosePorts(choice: PortChoice): Promise<Ports> {
  if (choice === "free") return drawPorts();
  return choice === "fixed"
    ? layOut(DEFAULT_PAGE, DEFAULT_INGRESS, DEFAULT_INNER)
    : layOut(choice, choice + 1, choice + 2);
}

function layOut(page: number, ingress: number, inner: number): Ports {
  const entries = SERVICES.map(({ name }, index) => {
    const first = inner + 3 + index * 3;
    return [name, { http: name === "gateway" ? page : first, grpc: first + 1, admin: first + 2 }] as const;
  });
  const behind = inner + 3 + SERVICES.length * 3;
  const own = { postgres: inner, nats: inner + 1, natsMonitor: inner + 2, apns: behind, appleFleet: behind + 1 };
  return { ...own, ingress, services: byName(entries) };
}

async function drawPorts(): Promise<Ports> {
  const drawn = await freePorts(6 + SERVICES.length * 3);
  const next = (): number => drawn.pop() ?? 0;
  const entries = SERVICES.map(({ name }) => [name, { http: next(), grpc: next(), admin: next() }] as const);
  return {
    postgres: next(),
    nats: next(),
    natsMonitor: next(),
    ingress: next(),
    apns: next(),
    appleFleet: next(),
    services: byName(entries),
  };
}

function byName(entries: readonly (readonly [ServiceName, ServicePorts])[]): Record<ServiceName, ServicePorts> {
  return Object.fromEntries(entries) as Record<ServiceName, ServicePorts>;
}
