import type { Json } from "../api/client.ts";
import { cellText, print, printWhole } from "../output/print.ts";
import { styled } from "../output/style.ts";
import { Table } from "../output/table.ts";
import { findOne } from "./resources/find-one.ts";
import { kindOf } from "./resources/known-kinds.ts";
import { type GlobalOptions, openSession } from "./session.ts";

/** Tells everything about one thing of a kind. */
export async function describe(word: string, name: string, options: GlobalOptions): Promise<void> {
  const kind = kindOf(word);
  if (kind.plural === "devices") return describeDevice(name, options);
  const { api, format } = openSession(options);
  await printWhole(await findOne(api, kind, name), format);
}

/** Everything known about one device: what it is, its facts, its profiles, and how it stands with the policies. */
async function describeDevice(name: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  const device = await api.get(`/api/v1/devices/${encodeURIComponent(name)}`);
  const [{ facts }, { verdicts }, { profiles }] = await Promise.all([
    api.get(`/api/v1/devices/${device.id}/facts`),
    api.get(`/api/v1/devices/${device.id}/verdicts`),
    api.get(`/api/v1/devices/${device.id}/profiles`),
  ]);
  if (format !== "table") return printWhole({ ...device, facts, verdicts, profiles }, format);
  await printWhole(device, format);
  if (verdicts.length > 0) {
    print(`\n${styled("bold", "Policies")}\n`);
    const rows = verdicts.map((verdict: Json) => [
      verdict.policyName,
      String(verdict.verdict).replace("VERDICT_", "").toLowerCase(),
      verdict.verdict === "VERDICT_FAIL" ? verdict.resolution : verdict.reason,
    ]);
    print(new Table(["policy", "verdict", "what to do"]).render(rows));
  }
  if (profiles.length > 0) {
    print(`\n${styled("bold", "Profiles")}\n`);
    const rows = profiles.map((profile: Json) => [
      profile.profileName,
      String(profile.state).replace("PROFILE_STATE_", "").toLowerCase(),
      profile.userId,
      profile.cause,
    ]);
    print(new Table(["profile", "state", "user", "cause"]).render(rows));
  }
  for (const { name: fact, value } of facts as Json[]) {
    print(`\n${styled("bold", fact)}\n`);
    const rows = (Array.isArray(value) ? value : [value]) as Record<string, unknown>[];
    for (const row of rows.slice(0, MAX_ROWS)) {
      print(
        `  ${Object.entries(row ?? {})
          .map(([column, cell]) => `${column}=${cellText(cell)}`)
          .join("  ")}\n`,
      );
    }
    if (rows.length > MAX_ROWS) print(`  … and ${rows.length - MAX_ROWS} more\n`);
  }
}

const MAX_ROWS = 20;
