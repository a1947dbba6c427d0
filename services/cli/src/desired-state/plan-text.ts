import type { Json } from "../api/client.ts";
import { styled } from "../output/style.ts";

type Style = Parameters<typeof styled>[0];

const SIGNS: Readonly<Record<string, readonly [sign: string, style: Style]>> = {
  DESIRED_STATE_ACTION_CREATE: ["+", "green"],
  DESIRED_STATE_ACTION_CHANGE: ["~", "yellow"],
  DESIRED_STATE_ACTION_DELETE: ["-", "red"],
};

/** A plan for people: each change with its fields, old and new, and how many devices it has to do with. */
export function planText(plan: Json, stream: NodeJS.WriteStream): string {
  const lines: string[] = [];
  for (const { kind, name, action, fields, deviceCount } of plan.changes) {
    const [sign, style] = SIGNS[action] ?? ["?", "yellow"];
    const devices =
      typeof deviceCount === "number" ? `  (${deviceCount} ${deviceCount === 1 ? "device" : "devices"})` : "";
    lines.push(styled(style, `${sign} ${kind} ${name}${devices}`, stream));
    for (const field of fields) lines.push(`    ${field.path}: ${fieldText(field, action)}`);
  }
  for (const { kind, name } of plan.unnamed)
    lines.push(`  ${kind} ${name} is in no document any more; --prune removes it`);
  if (lines.length > 0) lines.push("");
  lines.push(summary(plan));
  return `${lines.join("\n")}\n`;
}

function summary({ changes, unchangedCount }: Json): string {
  const of = (action: string) =>
    changes.filter((each: Json) => each.action === `DESIRED_STATE_ACTION_${action}`).length;
  if (changes.length === 0) return `everything is as the documents say (${unchangedCount})`;
  return `${of("CREATE")} to create, ${of("CHANGE")} to change, ${of("DELETE")} to delete, ${unchangedCount} as they are`;
}

function fieldText({ before, after, hidden }: Json, action: string): string {
  if (hidden) return "(given anew, not shown)";
  if (action === "DESIRED_STATE_ACTION_CREATE") return text(after);
  return `${text(before)} → ${text(after)}`;
}

const text = (value: unknown): string => (value === undefined || value === null ? "(none)" : JSON.stringify(value));
