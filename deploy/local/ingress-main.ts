import { readFileSync } from "node:fs";
import { startIngress } from "./ingress.ts";

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

const ingress = await startIngress({
  host: "127.0.0.1",
  port: Number(env("MUSTER_HTTP_PORT")),
  cert: readFileSync(env("MUSTER_SERVER_CERT"), "utf8"),
  key: readFileSync(env("MUSTER_SERVER_KEY"), "utf8"),
  deviceCa: readFileSync(env("MUSTER_DEVICE_CA_CERT"), "utf8"),
  ingressKey: env("MUSTER_INGRESS_KEY"),
  upstreams: {
    enrollment: env("MUSTER_ENROLLMENT_HTTP"),
    inventory: env("MUSTER_INVENTORY_HTTP"),
    command: env("MUSTER_COMMAND_HTTP"),
    notification: env("MUSTER_NOTIFICATION_HTTP"),
  },
});
process.stdout.write(`ready on port ${ingress.port}\n`);

const stop = (): void => void ingress.stop().then(() => process.exit(0));
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
