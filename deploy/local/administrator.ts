import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { StartupProblem } from "@muster/backing/startup-problem";
import { runScript } from "./run-script.ts";

export interface Administrator {
  readonly email: string;
  readonly password: string;
  /** For the REST API and the command line. */
  readonly token: string;
}

export interface AdministratorInputs {
  readonly root: string;
  /** The gateway's configuration. */
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Where the credentials are kept: the gateway shows them once. */
  readonly file: string;
}

/** Creates the first tenant and its administrator; afterwards, finds them again. */
export async function firstAdministrator({ root, env, logFile, file }: AdministratorInputs): Promise<Administrator> {
  const script = "services/gateway/src/first-admin.ts";
  const output = await runScript({ purpose: "Creating the administrator", root, script, env, logFile });
  const created = output.split("\n").findLast((line) => line.startsWith("{") && line.includes('"token"'));
  if (created !== undefined) {
    await writeFile(file, `${created}\n`, { mode: 0o600 });
    return JSON.parse(created) as Administrator;
  }
  if (existsSync(file)) return JSON.parse(await readFile(file, "utf8")) as Administrator;
  throw new StartupProblem(
    `The administrator of this database was created elsewhere, and ${file} with the credentials is missing. Put it back, use another database, or begin anew with \`npm start -- --fresh\`.`,
  );
}
