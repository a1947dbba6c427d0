import { readFileSync } from "node:fs";
import { startIngress } from "./ingress.ts";
import { startPageIngress } from "./page-ingress.ts";
import { readyByHttp } from "./ready-by-http.ts";
import { Upstream } from "./upstream.ts";

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

const ports = (name: string): number[] => env(name).split(",").map(Number);

/** The replicas whose doors and whose admin doors these two variables name. */
const upstream = (doors: string, adminDoors: string): Upstream => {
  const admin = ports(adminDoors);
  const replicas = ports(doors).map((port, replica) => ({
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
    enrollment: upstream("MUSTER_ENROLLMENT_HTTP", "MUSTER_ENROLLMENT_ADMIN"),
    inventory: upstream("MUSTER_INVENTORY_HTTP", "MUSTER_INVENTORY_ADMIN"),
    command: upstream("MUSTER_COMMAND_HTTP", "MUSTER_COMMAND_ADMIN"),
    notification: upstream("MUSTER_NOTIFICATION_HTTP", "MUSTER_NOTIFICATION_ADMIN"),
  },
});
const pagePort = process.env["MUSTER_PAGE_PORT"];
const page =
  pagePort === undefined
    ? undefined
    : await startPageIngress({
        host,
        port: Number(pagePort),
        ingressKey,
        gateway: upstream("MUSTER_GATEWAY_HTTP", "MUSTER_GATEWAY_ADMIN"),
      });
process.stdout.write(`ready on port ${ingress.port}\n`);

const stop = (): void => void Promise.all([ingress.stop(), page?.stop()]).then(() => process.exit(0));
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
