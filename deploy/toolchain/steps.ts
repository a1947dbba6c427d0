import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** How a step ends that lacks a program which `npm test` does not bring; the number is the one that automake has for it. */
export const LACKS_A_PROGRAM = 77;

export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Reports single tests, which are counted in place of the step: by itself, or by a reporter that its runs are given. */
  readonly countsTests?: "itself" | "reporter";
  readonly needsBacking?: true;
}

/** Tests wait more than they work: one more of them than there are cores keeps these busy. */
const AT_ONCE = Math.min(availableParallelism() + 1, 6);

/** The longest, in which the others have time to end. */
const LONG = {
  int: ["services/cli/**/*.int.test.ts", "services/command/**/*.int.test.ts"],
  journeys: ["faults", "this-machine", "console-editing", "console", "hostile-requests", "killed-services"].map(
    (name) => `e2e/journeys/${name}.test.ts`,
  ),
};

/** What `npm test` runs, the cheapest first. */
export function steps(root: string): readonly Step[] {
  const turbo = ["turbo", "run", "test", "--ui=stream", "--output-logs=errors-only", "--no-update-notifier"];
  const testFiles = (atOnce: number, first: readonly string[], pattern: string): string[] =>
    ["node", "deploy/toolchain/test-files.ts", `--at-once=${atOnce}`].concat(
      first.map((long) => `--first=${long}`),
      pattern,
    );
  return [
    { name: "types", command: ["npm", "run", "--silent", "types"] },
    { name: "lint", command: ["npm", "run", "--silent", "lint"] },
    { name: "format", command: ["npm", "run", "--silent", "format:check"] },
    { name: "contracts", command: ["node", "deploy/toolchain/generate.ts", "--check"] },
    { name: "deadcode", command: ["npm", "run", "--silent", "deadcode"] },
    { name: "charts", command: ["node", "deploy/toolchain/charts.ts"] },
    { name: "console", command: ["node", "services/console/build.ts"] },
    { name: "unit", command: turbo, countsTests: "reporter" },
    {
      name: "int",
      command: testFiles(AT_ONCE, LONG.int, "{libs,services,deploy,e2e}/**/*.int.test.ts"),
      countsTests: "itself",
      needsBacking: true,
    },
    ...(existsSync(join(root, "e2e/journeys"))
      ? [
          {
            name: "journeys",
            // Each has a platform of its own.
            command: testFiles(AT_ONCE, LONG.journeys, "e2e/journeys/**/*.test.ts"),
            countsTests: "itself",
          } as const,
        ]
      : []),
  ];
}
