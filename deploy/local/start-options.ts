import { parseArgs } from "node:util";
import { StartupProblem } from "@muster/backing/startup-problem";

export interface StartOptions {
  readonly fresh: boolean;
  readonly hosts: number;
  readonly appleDevices: number;
  readonly agent: boolean;
  readonly ports: "fixed" | number;
}

export const USAGE = `npm start -- [options]
  --fresh         begin anew: deletes .muster/ and nothing else
  --hosts N       how many simulated hosts (100)
  --apple N       how many simulated Apple devices (10)
  --no-fleet      no simulated hosts and no simulated Apple devices
  --no-agent      do not enroll this machine
  --port-base N   page on N, devices on N+1, all else above (8080, 8443, from 7400)
MUSTER_DATABASE_URL and MUSTER_NATS_URL name servers to use instead of our own.`;

/** Reads the command line of `npm start`; undefined when only help is wanted. */
export function readStartOptions(args: string[]): StartOptions | undefined {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (cause) {
    throw new StartupProblem(`${(cause as Error).message}\n${USAGE}`, { cause });
  }
  if (values.help) return undefined;
  return {
    fresh: values.fresh,
    hosts: values["no-fleet"] ? 0 : wholeNumber("--hosts", values.hosts, 1_000),
    appleDevices: values["no-fleet"] ? 0 : wholeNumber("--apple", values.apple, 1_000),
    agent: !values["no-agent"],
    ports: values["port-base"] === undefined ? "fixed" : wholeNumber("--port-base", values["port-base"], 65_000),
  };
}

function parse(args: string[]) {
  return parseArgs({
    args,
    options: {
      fresh: { type: "boolean", default: false },
      hosts: { type: "string", default: "100" },
      apple: { type: "string", default: "10" },
      "no-fleet": { type: "boolean", default: false },
      "no-agent": { type: "boolean", default: false },
      "port-base": { type: "string" },
      help: { type: "boolean", default: false },
    },
  }).values;
}

function wholeNumber(option: string, raw: string, most: number): number {
  const value = Number(raw);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new StartupProblem(`${option} takes a whole number from 0 to ${most}, not "${raw}".`);
}
