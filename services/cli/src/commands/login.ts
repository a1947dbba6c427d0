import { hostname } from "node:os";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Api, failureOf, type Json, reach, urlOf } from "../api/client.ts";
import { readSettings, writeSettings } from "../api/settings.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import type { GlobalOptions } from "./session.ts";

export interface LoginOptions extends GlobalOptions {
  readonly email?: string;
  readonly password?: string;
}

/** Stores who one is on a server: by a token one has, or by one that is made with address and password. */
export async function login(options: LoginOptions): Promise<void> {
  const server = options.server ?? process.env["MUSTER_SERVER"];
  if (!server) throw usage("which server? `muster login --server https://muster.example.com`");
  const origin = urlOf(server, "/").origin;
  const token = options.token ?? (await tokenFor(origin, options));
  const me = await new Api({ server: origin, token }).get("/api/v1/me");
  const name = options.context ?? new URL(origin).host;
  const { contexts } = readSettings(process.env);
  const file = writeSettings(process.env, {
    current: name,
    contexts: { ...contexts, [name]: { server: origin, token } },
  });
  process.stderr.write(
    `Signed in at ${origin} as ${me.actor} (${me.role}, tenant ${me.tenantId}). Stored as context "${name}" in ${file}.\n`,
  );
}

async function tokenFor(origin: string, { email, password }: LoginOptions): Promise<string> {
  if (email === undefined) throw usage("as whom? Give --token, or --email and the password when asked.");
  const headers = { "content-type": "application/json", "x-muster-csrf": "1" };
  const post = async (path: string, body: Json, cookie = ""): Promise<Response> => {
    const init = {
      method: "POST",
      headers: { ...headers, cookie },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    };
    const response = await reach(new Request(urlOf(origin, path), init));
    if (!response.ok) throw await failureOf(response);
    return response;
  };
  const signedIn = await post("/api/v1/sign-in", { email, password: password ?? (await askPassword()) });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const { role, actions } = (await signedIn.json()) as Json;
  try {
    if (!actions.includes("token.write")) {
      throw new Failure(
        EXIT.refused,
        `the role ${role} may not make tokens; ask an administrator for one and use --token`,
      );
    }
    const created = await post("/api/v1/api-tokens", { name: `${email} at ${hostname()}`, role }, cookie);
    return ((await created.json()) as Json).token;
  } finally {
    await post("/api/v1/sign-out", {}, cookie);
  }
}

/** Asks at the terminal without showing what is typed, or reads what is piped in. */
async function askPassword(): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = process.stdin.isTTY;
  if (terminal) process.stderr.write("Password: ");
  const lines = createInterface({ input: process.stdin, output: silent, terminal });
  try {
    return await lines.question("");
  } finally {
    lines.close();
    if (terminal) process.stderr.write("\n");
  }
}
