import type { Schema } from "@muster/api-client/call";
import type { DeviceCount, Policy } from "../../api/types.ts";
import type { Series } from "../../parts/plot.tsx";
import { platformName } from "../../words/names.ts";

/** How many devices there were of each system at one time. */
export type CountsAt = Schema<"inventory.DeviceCountsAt">;

/** How many verdicts there were of each kind at one time, as far as it is shown. */
type Judged = Pick<
  Schema<"policy.ComplianceAt">,
  "at" | "passCount" | "failCount" | "policyCount" | "failingPolicyCount"
>;

/** So many lines can be told apart; what is left is one more. */
const MAX_LINES = 5;

const groupOf = ({ platform, osName, osVersion }: DeviceCount, by: "platform" | "system"): string =>
  by === "platform" ? platformName(platform) : `${osName || platformName(platform)} ${osVersion}`.trim();

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** A line for each of the groups that most devices are in now, and one for all others. */
export function mostCommon(moments: readonly CountsAt[], by: "platform" | "system"): readonly Series[] {
  const sizes = moments.map(({ counts }) => {
    const groups = new Map<string, number>();
    for (const each of counts) groups.set(groupOf(each, by), (groups.get(groupOf(each, by)) ?? 0) + each.count);
    return groups;
  });
  const now = sizes.at(-1);
  const names = [...new Set(sizes.flatMap((groups) => [...groups.keys()]))].sort(
    (a, b) => (now?.get(b) ?? 0) - (now?.get(a) ?? 0) || a.localeCompare(b),
  );
  const lines = names.slice(0, MAX_LINES);
  const rest = names.slice(MAX_LINES);
  const valuesOf = (group: readonly string[]) => sizes.map((groups) => sum(group.map((name) => groups.get(name) ?? 0)));
  return [
    ...lines.map((name) => ({ name, values: valuesOf([name]) })),
    ...(rest.length === 0 ? [] : [{ name: `${rest.length} others`, values: valuesOf(rest) }]),
  ];
}

const share = (part: number, all: number): number | undefined => (all === 0 ? undefined : (part / all) * 100);

/** How many of a hundred devices had just been heard of. */
export const onlineShare = (moments: readonly CountsAt[]): readonly Series[] => [
  {
    name: "Online",
    values: moments.map(({ counts }) =>
      share(sum(counts.map(({ online }) => online)), sum(counts.map((each) => each.count))),
    ),
  },
];

/** How many of a hundred checks passed. */
export const passing = (moments: readonly Judged[]): readonly Series[] => [
  { name: "Pass", values: moments.map(({ passCount, failCount }) => share(passCount, passCount + failCount)) },
];

/** The verdicts as they are now, as if they had been counted. */
export function complianceNow(at: string, policies: readonly Policy[]): Judged {
  const inForce = policies.filter(({ enabled }) => enabled);
  return {
    at,
    passCount: sum(inForce.map(({ passCount }) => passCount)),
    failCount: sum(inForce.map(({ failCount }) => failCount)),
    policyCount: inForce.length,
    failingPolicyCount: inForce.filter(({ failCount }) => failCount > 0).length,
  };
}
