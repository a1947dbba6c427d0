import { readFileSync } from "node:fs";
import { startIngress } from "./ingress.ts";
import { startPageIngress } from "./page-ingress.ts";
import { readyByHttp } from "./ready-by-http.ts";
import type { ServiceName } from "./topology.ts";
import { Upstream } from "./upstream.ts";

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

const ports = (name: string): number[] => env(name).split(",").map(Number);

const upstream = (service: ServiceName): Upstream => {
  const admin = ports(`MUSTER_${service.toUpperCase()}_ADMIN`);
  const replicas = ports(`MUSTER_${service.toUpperCase()}_HTTP`).map((port, replica) => ({
    origin: `http://127.0.0.1:${port}`,
    isReady: readyByHttp(admin[replica] ?? 0),
  }));
  return new Upstream(replicas);
};

const host = "127.0.0.1";
const ingressKey = env("MUSTER_INGRESS_KEY");
const ingress = await startIngress({
  host,
  port: Number(env("MUSTER_HTTP_PORT")),
  cert: readFileSync(env("MUSTER_SERVER_CERT"), "utf8"),
  key: readFileSync(env("MUSTER_SERVER_KEY"), "utf8"),
  deviceCa: readFileSync(env("MUSTER_DEVICE_CA_CERT"), "utf8"),
  ingressKey,
  upstreams: {
    enrollment: upstream("enrollment"),
    inventory: upstream("inventory"),
    command: upstream("command"),
    notification: upstream("notification"),
  },
});
const pagePort = process.env["MUSTER_PAGE_PORT"];
const page =
  pagePort === undefined
    ? undefined
    : await startPageIngress({ host, port: Number(pagePort), ingressKey, gateway: upstream("gateway") });
process.stdout.write(`ready on port ${ingress.port}\n`);

const stop = (): void => void Promise.all([ingress.stop(), page?.stop()]).then(() => process.exit(0));
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
