import { existsSync } from "node:fs";
import { join } from "node:path";

/** How a step ends that lacks a program which `npm test` does not bring; the number is the one that automake has for it. */
export const LACKS_A_PROGRAM = 77;

export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Reports single tests, which are counted in place of the step. */
  readonly countsTests?: true;
  readonly needsBacking?: true;
}

/** What `npm test` runs, the cheapest first. */
export function steps(root: string): readonly Step[] {
  const turbo = (task: string, ...flags: string[]): string[] =>
    ["turbo", "run", task, "--ui=stream", "--output-logs=errors-only", "--no-update-notifier"].concat(flags);
  return [
    { name: "types", command: ["npm", "run", "--silent", "types"] },
    { name: "lint", command: ["npm", "run", "--silent", "lint"] },
    { name: "format", command: ["npm", "run", "--silent", "format:check"] },
    { name: "contracts", command: ["node", "deploy/toolchain/generate.ts", "--check"] },
    { name: "deadcode", command: ["npm", "run", "--silent", "deadcode"] },
    { name: "charts", command: ["node", "deploy/toolchain/charts.ts"] },
    { name: "console", command: ["node", "services/console/build.ts"] },
    { name: "unit", command: turbo("test"), countsTests: true },
    {
      name: "int",
      // One package at a time: they share one Postgres and one NATS, and few cores.
      command: turbo("test:int", "--concurrency=1"),
      countsTests: true,
      needsBacking: true,
    },
    ...(existsSync(join(root, "e2e/journeys"))
      ? [
          {
            name: "journeys",
            // Two at a time: each has a platform of its own, and waits more than it works.
            command: ["node", "--test", "--test-reporter=spec", "--test-concurrency=2", "e2e/journeys/**/*.test.ts"],
            countsTests: true,
          } as const,
        ]
      : []),
  ];
}
