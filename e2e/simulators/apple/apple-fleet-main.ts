import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { SimulatedAppleDevice } from "./apple-device.ts";
import { startAppleFleet } from "./fleet/apple-fleet.ts";
import { openControlDoor } from "./fleet/control-door.ts";
import { factoryIn } from "./fleet/factory-folder.ts";

const { values } = parseArgs({
  options: {
    profile: { type: "string" },
    "over-the-air": { type: "string" },
    ca: { type: "string" },
    devices: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    state: { type: "string" },
    factory: { type: "string" },
    "poll-every": { type: "string", default: "60" },
    "change-every": { type: "string", default: "20" },
    "name-prefix": { type: "string", default: "" },
    "control-port": { type: "string", default: "0" },
  },
});

const say = (line: Readonly<Record<string, unknown>>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const { profile, "over-the-air": overTheAir } = values;
if (
  (profile === undefined) === (overTheAir === undefined) ||
  (overTheAir !== undefined && values.factory === undefined)
) {
  process.stderr.write(
    "usage: node apple-fleet-main.ts --profile URL | --over-the-air URL --factory dir [--ca pem] [--devices 20] [--seed 1]\n" +
      "       [--state dir] [--poll-every 60] [--change-every 20] [--name-prefix p-] [--control-port 0]\n" +
      "       (times in seconds, 0 for never)\n",
  );
  process.exit(2);
}
const enroll = async (device: SimulatedAppleDevice): Promise<void> => {
  if (profile !== undefined) await device.enrollFrom(profile);
  if (overTheAir !== undefined) await device.enrollOverTheAir(overTheAir);
};

const fleet = await startAppleFleet({
  enroll,
  devices: Number(values.devices),
  seed: values.seed,
  namePrefix: values["name-prefix"],
  pollEveryMs: Number(values["poll-every"]) * 1000,
  changeEveryMs: Number(values["change-every"]) * 1000,
  ...(values.ca === undefined ? {} : { ca: await readFile(values.ca, "utf8") }),
  ...(values.factory === undefined ? {} : { factory: await factoryIn(values.factory) }),
  ...(values.state === undefined ? {} : { stateDirectory: values.state }),
});
const control = await openControlDoor(fleet, Number(values["control-port"]));
say({ msg: "fleet started", devices: fleet.devices.length, control: control.url });

const stop = async (signal: string): Promise<void> => {
  say({ msg: "fleet stopping", signal });
  await control.close();
  await fleet.stop();
  process.exit(0);
};
process.once("SIGTERM", () => void stop("SIGTERM"));
process.once("SIGINT", () => void stop("SIGINT"));
