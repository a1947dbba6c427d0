import { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { Selection } from "@muster/contracts/gen/muster/inventory/v1/selection";
import { type Policy, Severity } from "@muster/contracts/gen/muster/policy/v1/policy";
import { checkQuestion } from "./question.ts";
import { refuse } from "./refusals.ts";

/** What a person decides about a policy. */
export interface PolicyDraft {
  readonly name: string;
  readonly description: string;
  readonly query: string;
  readonly deviceIds: readonly string[];
  readonly labelIds: readonly string[];
  readonly platforms: readonly string[];
  readonly severity: string;
  readonly resolution: string;
  readonly intervalSeconds: number;
  readonly remediationScriptId: string;
  readonly enabled: boolean;
}

const DEFAULT_INTERVAL_S = 3600;
const MIN_INTERVAL_S = 60;
const MAX_INTERVAL_S = 30 * 86_400;
const MAX_NAMED = 10_000;
/** A UUID's. Each change of a policy tells its whole selection, and an event has its limit. */
const MAX_ID_LENGTH = 36;
const TEXT_LIMITS = { name: 200, description: 10_000, resolution: 10_000, remediationScriptId: 100 } as const;

/** What was asked for, with defaults filled in; refused with the first thing that is wrong. */
export function draftOf(asked: Policy | undefined): PolicyDraft {
  if (asked === undefined) throw refuse("policy.missing", "the request carries no policy");
  const name = asked.name.trim();
  if (name === "") throw refuse("policy.bad_name", "name is empty");
  for (const [field, limit] of Object.entries(TEXT_LIMITS) as [keyof typeof TEXT_LIMITS, number][]) {
    if (asked[field].length > limit) throw refuse("policy.too_long", `${field} is longer than ${limit} characters`);
  }
  return {
    name,
    description: asked.description,
    query: checkQuestion(asked.query),
    ...selected(asked.selection),
    severity:
      asked.severity in Severity && asked.severity !== "SEVERITY_UNSPECIFIED" ? asked.severity : "SEVERITY_MEDIUM",
    resolution: asked.resolution,
    intervalSeconds: interval(asked.intervalSeconds),
    remediationScriptId: asked.remediationScriptId,
    enabled: asked.enabled,
  };
}

/** Which devices a selection names, each once; refused with the first thing that is wrong. */
export function selected(selection: Selection | undefined): Pick<PolicyDraft, "deviceIds" | "labelIds" | "platforms"> {
  const deviceIds = sorted(selection?.deviceIds ?? []);
  const platforms = sorted(selection?.platforms ?? []);
  const labelIds = sorted(selection?.labelIds ?? []);
  const named = [...deviceIds, ...labelIds];
  if (named.length > MAX_NAMED) {
    throw refuse("policy.bad_selection", `a selection names at most ${MAX_NAMED} devices and labels: use a label`);
  }
  if (named.some(({ length }) => length > MAX_ID_LENGTH)) {
    throw refuse("policy.bad_selection", "the selection names a device or label by something that is no id");
  }
  if (platforms.some((each) => !(each in Platform) || each === "PLATFORM_UNSPECIFIED")) {
    throw refuse("policy.bad_selection", "the selection names a platform that is not known");
  }
  return { deviceIds, labelIds, platforms };
}

const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort();

function interval(seconds: number): number {
  if (seconds === 0) return DEFAULT_INTERVAL_S;
  if (seconds >= MIN_INTERVAL_S && seconds <= MAX_INTERVAL_S) return seconds;
  throw refuse(
    "policy.bad_interval",
    `interval_seconds is ${MIN_INTERVAL_S} to ${MAX_INTERVAL_S}, or 0 for ${DEFAULT_INTERVAL_S}`,
  );
}

/** Whether devices have to be asked anew, because answers to the question before no longer say what this policy asks. */
export const asksAnew = (before: PolicyDraft, after: PolicyDraft): boolean =>
  before.query !== after.query ||
  before.enabled !== after.enabled ||
  (["deviceIds", "labelIds", "platforms"] as const).some((part) => before[part].join("\n") !== after[part].join("\n"));
