import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { openControlDoor } from "./control-door.ts";
import { startFleet } from "./fleet.ts";

const { values } = parseArgs({
  options: {
    server: { type: "string" },
    ca: { type: "string" },
    secret: { type: "string" },
    hosts: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    state: { type: "string" },
    interval: { type: "string", default: "10" },
    "config-interval": { type: "string", default: "60" },
    "change-every": { type: "string", default: "20" },
    "name-prefix": { type: "string", default: "" },
    "control-port": { type: "string", default: "0" },
  },
});

const say = (line: Readonly<Record<string, unknown>>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const secret = values.secret ?? process.env["MUSTER_ENROLL_SECRET"];
if (values.server === undefined || secret === undefined) {
  process.stderr.write(
    "usage: node fleet-main.ts --server URL --secret S [--ca pem] [--hosts 100] [--seed 1] [--state dir]\n" +
      "       [--interval 10] [--config-interval 60] [--change-every 20] [--name-prefix p-] [--control-port 0]\n" +
      "       (times in seconds; the secret may come from MUSTER_ENROLL_SECRET)\n",
  );
  process.exit(2);
}

const fleet = await startFleet({
  server: values.server,
  enrollSecret: secret,
  hosts: Number(values.hosts),
  seed: values.seed,
  namePrefix: values["name-prefix"],
  changeEveryMs: Number(values["change-every"]) * 1000,
  timing: { distributedMs: Number(values.interval) * 1000, configMs: Number(values["config-interval"]) * 1000 },
  ...(values.ca === undefined ? {} : { ca: await readFile(values.ca, "utf8") }),
  ...(values.state === undefined ? {} : { stateDirectory: values.state }),
});
const control = await openControlDoor(fleet, Number(values["control-port"]));
say({ msg: "fleet started", hosts: fleet.hosts.length, server: values.server, control: control.url });

const stop = async (signal: string): Promise<void> => {
  say({ msg: "fleet stopping", signal });
  await control.close();
  await fleet.stop();
  process.exit(0);
};
process.once("SIGTERM", () => void stop("SIGTERM"));
process.once("SIGINT", () => void stop("SIGINT"));
