import { styleText } from "node:util";
import type { Finding } from "./checks/check.ts";

const holds = ({ looked, violations }: Finding): boolean => looked > 0 && violations.length === 0;

/** Each invariant in a line, with what contradicts it. */
export function formatFindings(findings: readonly Finding[]): string {
  const lines = findings.flatMap((finding) => [
    `${holds(finding) ? styleText("green", "holds ") : styleText("red", "BROKEN")}  ${finding.invariant} (${finding.looked} looked at)`,
    ...finding.violations.map((violation) => `          ${violation}`),
  ]);
  return `${lines.join("\n")}\n`;
}

export const allHold = (findings: readonly Finding[]): boolean => findings.every(holds);
