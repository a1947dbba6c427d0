import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

interface Place {
  readonly server: URL;
  /** PEM, or undefined for the system's own store. */
  readonly ca: string | undefined;
  readonly state: string;
}

export interface RunConfig extends Place {
  readonly command: "run";
  readonly token: string | undefined;
  readonly scriptsAllowed: boolean;
  readonly osqueryd: string | undefined;
}

/** Prints the link to the page of the device's owner. */
export interface MyDeviceConfig extends Place {
  readonly command: "my-device";
}

export type Config =
  | RunConfig
  | MyDeviceConfig
  | { readonly command: "query"; readonly sql: string; readonly osqueryd: string | undefined }
  | { readonly command: "version" | "help" }
  /** Started by the agent itself; answers the queries of its parent. */
  | { readonly command: "query-process" };

export const USAGE = `Usage: muster-agent [run] --server <https url> --state <folder> [options]
       muster-agent my-device --server <https url> --state <folder> [--ca <file>]
       muster-agent query "<sql>"

  my-device            print a link to this device's page: what is known of it and what was done with it

  --server <url>       where the device origin is, such as https://devices.example.com
  --ca <file>          PEM of the authority that signed the server's certificate (default: the system's store)
  --state <folder>     where key, certificate and journal are kept
  --token <token>      enrollment token; or --token-file <file>, or MUSTER_AGENT_TOKEN in the environment
  --no-scripts         run no script, whoever signs it
  --osqueryd <path>    answer queries with this osqueryd instead of the built-in tables
  --version            print the version and end
`;

/** Everything that is wrong with the command line, at once. */
export class UsageError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "UsageError";
  }
}

export function readConfig(args: readonly string[], environment: NodeJS.ProcessEnv): Config {
  const { values, positionals } = parse(args);
  if (values.version === true) return { command: "version" };
  if (values.help === true) return { command: "help" };
  const [command = "run", ...rest] = positionals;
  if (command === "query-process") return { command };
  if (command === "query") {
    if (rest[0] === undefined || rest.length > 1)
      throw new UsageError(["query needs one argument: the SQL, in quotes"]);
    return { command, sql: rest[0], osqueryd: values.osqueryd };
  }
  if ((command !== "run" && command !== "my-device") || rest.length > 0)
    throw new UsageError([`unknown command: ${positionals.join(" ")}`]);

  const problems: string[] = [];
  const attempt = <T>(what: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push(`${what}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const server = attempt("--server", () => requireHttps(values.server));
  const ca = attempt("--ca", () => (values.ca === undefined ? undefined : readFileSync(values.ca, "utf8")));
  const file = values["token-file"];
  const fromFile = attempt("--token-file", () => (file === undefined ? undefined : readFileSync(file, "utf8").trim()));
  if (values.state === undefined) problems.push("--state: give the folder where the agent keeps its identity");
  if (server === undefined || values.state === undefined || problems.length > 0) throw new UsageError(problems);
  const place = { server, ca, state: values.state };
  if (command === "my-device") return { command, ...place };
  return {
    command,
    ...place,
    token: values.token ?? fromFile ?? environment["MUSTER_AGENT_TOKEN"],
    scriptsAllowed: values["no-scripts"] !== true,
    osqueryd: values.osqueryd,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        server: { type: "string" },
        ca: { type: "string" },
        state: { type: "string" },
        token: { type: "string" },
        "token-file": { type: "string" },
        "no-scripts": { type: "boolean" },
        osqueryd: { type: "string" },
        version: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError([(error as Error).message]);
  }
}

function requireHttps(text: string | undefined): URL {
  if (text === undefined) throw new Error("give the server's address, such as https://devices.example.com");
  const url = new URL(text);
  if (url.protocol !== "https:") throw new Error("the agent only speaks https");
  return url;
}
