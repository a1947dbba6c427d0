import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { restClient } from "../journeys/testing/rest-client.ts";
import { fillDevices } from "./console/fill-devices.ts";
import { type LoadReport, Measurements } from "./load-report.ts";

export interface DocumentsTarget {
  readonly gatewayUrl: string;
  readonly databaseUrl: string;
  readonly token: string;
}

export interface DocumentsOptions {
  /** Where the documents are written. */
  readonly folder: string;
  readonly rounds: number;
  readonly progress: (sentence: string) => void;
}

const TEAMS = 100;
/** Of each team; its label is one more. */
const POLICIES = 6;
/** A plan says how many of them it touches. */
const DEVICES = 10_000;

const MUSTER = join(import.meta.dirname, "../../services/cli/src/main.ts");

/**
 * A thousand documents of a hundred teams, by the muster command as a pipeline runs it: planned and applied for the first time,
 * found to be so, then a tenth of them changed, and all of them removed again.
 */
export async function documents(target: DocumentsTarget, options: DocumentsOptions): Promise<LoadReport> {
  const { folder, progress, rounds } = options;
  const api = restClient(target.gatewayUrl, target.token);
  const { tenantId: tenant } = await api.get<{ tenantId: string }>("/api/v1/me");
  const { id: labelId } = await api.post<{ id: string }>("/api/v1/labels", { name: "all", kind: "LABEL_KIND_MANUAL" });
  progress(`writing ${DEVICES} devices`);
  await fillDevices({ databaseUrl: target.databaseUrl, tenant, labelId }, 0, DEVICES);
  const measurements = new Measurements();
  const env = { ...process.env, MUSTER_SERVER: target.gatewayUrl, MUSTER_TOKEN: target.token, NO_COLOR: "1" };
  const muster = async (name: string, ...args: string[]): Promise<void> => {
    const begun = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [MUSTER, ...args], { env, maxBuffer: 2 ** 26 });
    const seconds = (performance.now() - begun) / 1000;
    measurements.add(`documents.${name}_s`, seconds, "s");
    progress(`  ${name}: ${seconds.toFixed(1)} s, ${stdout.trim().split("\n").at(-1)}`);
  };
  try {
    for (let round = 1; round <= rounds; round += 1) {
      progress(`round ${round} of ${rounds}`);
      await writeTeams(folder, "high");
      await muster("diff", "diff", "-f", folder);
      await muster("apply", "apply", "-f", folder);
      await muster("drift", "drift", "-f", folder);
      await writeTeams(folder, "low");
      await muster("change_a_tenth", "apply", "-f", folder);
      await writeTeams(folder, undefined);
      await muster("prune", "apply", "-f", folder, "--prune");
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return measurements.report();
}

/** Each team's folder: a label, policies of which one has this severity, a declaration, a script and a webhook; or nothing at all. */
async function writeTeams(folder: string, severity: string | undefined): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const rest = [{ kind: "Label", name: "all", spec: { kind: "manual" } }];
  await writeFile(join(folder, "all.yaml"), rest.map(documentOf).join("---\n"));
  if (severity === undefined) return;
  for (let place = 0; place < TEAMS; place += 1) {
    const team = `team ${String(place).padStart(3, "0")}`;
    const home = join(folder, team.replace(" ", "-"));
    await mkdir(home);
    await writeFile(join(home, "tidy.sh"), `#!/bin/sh\n# ${team}\nfind /var/tmp -mtime +30 -delete\n`);
    const policies = Array.from({ length: POLICIES }, (_, each) => ({
      kind: "Policy",
      name: `${team}: ports ${each}`,
      spec: {
        query: `select 1 where not exists (select 1 from listening_ports where port = ${20 + each})`,
        severity: each === 0 ? severity : "medium",
        selection: { labels: [team], platforms: ["linux", "macos"] },
      },
    }));
    const passcode = {
      type: "com.apple.configuration.passcode.settings",
      payload: { MinimumLength: 8 },
      selection: { labels: [team], platforms: ["ios"] },
    };
    const webhook = { url: `http://127.0.0.1:9/${place}`, eventTypes: ["muster.policy.v1.*"], labels: [team] };
    const all = [
      { kind: "Label", name: team, spec: { kind: "manual" } },
      ...policies,
      { kind: "Declaration", name: `${team}: passcode`, spec: passcode },
      { kind: "Script", name: `${team}: tidy`, spec: { content: { fileRef: "tidy.sh" } } },
      { kind: "Webhook", name: `${team}: chat`, spec: webhook },
    ];
    await writeFile(join(home, "team.yaml"), all.map(documentOf).join("---\n"));
  }
}

/** JSON is YAML. */
const documentOf = ({ kind, name, spec }: { readonly kind: string; readonly name: string; readonly spec: object }) =>
  `apiVersion: muster/v1\nkind: ${kind}\nmetadata: { name: ${JSON.stringify(name)} }\nspec: ${JSON.stringify(spec)}\n`;
