import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { formatReport } from "./load-report.ts";
import { LOAD_OPTIONS, runLoad } from "./run-load.ts";

const { values } = parseArgs({
  options: {
    "enrollment-url": { type: "string" },
    "inventory-url": { type: "string" },
    "gateway-url": { type: "string", default: "http://localhost:8080" },
    token: { type: "string", default: "" },
    secret: { type: "string" },
    ca: { type: "string" },
    header: { type: "string", multiple: true, default: [] },
    pid: { type: "string", multiple: true, default: [] },
    hosts: { type: "string", default: LOAD_OPTIONS.knownHosts.join(",") },
    rounds: { type: "string", default: String(LOAD_OPTIONS.rounds) },
    seconds: { type: "string", default: String(LOAD_OPTIONS.roundMs / 1000) },
    connections: { type: "string", default: String(LOAD_OPTIONS.connections) },
    json: { type: "boolean", default: false },
  },
});

if (values["enrollment-url"] === undefined || values["inventory-url"] === undefined || values.secret === undefined) {
  process.stderr.write(
    "usage: node main.ts --enrollment-url URL --inventory-url URL --secret S [--ca pem] [--header name=value]...\n" +
      "       [--pid name=pid]... [--hosts 1000,10000,100000] [--rounds 3] [--seconds 5] [--connections 64] [--json]\n",
  );
  process.exit(2);
}

const pairs = (list: readonly string[]): [name: string, value: string][] =>
  list.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);

const report = await runLoad(
  {
    enrollmentUrl: values["enrollment-url"],
    inventoryUrl: values["inventory-url"],
    gatewayUrl: values["gateway-url"],
    token: values.token,
    secret: values.secret,
    pids: Object.fromEntries(pairs(values.pid).map(([name, pid]) => [name, Number(pid)])),
    headers: Object.fromEntries(pairs(values.header)),
    ...(values.ca === undefined ? {} : { ca: await readFile(values.ca, "utf8") }),
  },
  {
    knownHosts: values.hosts.split(",").map(Number),
    rounds: Number(values.rounds),
    roundMs: Number(values.seconds) * 1000,
    connections: Number(values.connections),
    progress: (sentence) => void process.stderr.write(`${sentence}\n`),
  },
);
process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${formatReport(report)}\n`);
