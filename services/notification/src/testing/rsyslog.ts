import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@muster/testkit/eventually";

/** Why the tests against a real rsyslog with TLS cannot run; nothing when they can. */
export function rsyslogIsMissing(): string | undefined {
  try {
    const version = execFileSync("rsyslogd", ["-v"], { encoding: "utf8" });
    const modules = execFileSync("find", ["/usr/lib", "-name", "lmnsd_gtls.so"], { encoding: "utf8" });
    if (modules === "") return `${version.split("\n")[0]} has no TLS: install rsyslog-gnutls`;
    return undefined;
  } catch {
    return "there is no rsyslogd: install rsyslog and rsyslog-gnutls";
  }
}

export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
}

/** A real rsyslogd that takes syslog over TLS from those whose certificate it can check, and writes each message to a file. */
export class Rsyslog {
  readonly #folder = mkdtempSync(join(tmpdir(), "muster-rsyslog-"));
  #process: ChildProcess | undefined;
  #port = 0;

  constructor({ ca, server }: Certificates) {
    for (const [name, content] of Object.entries({ ca, cert: server.cert, key: server.key })) {
      writeFileSync(join(this.#folder, `${name}.pem`), content);
    }
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    const at = (name: string) => join(this.#folder, name);
    writeFileSync(
      at("rsyslog.conf"),
      `global(workDirectory="${this.#folder}" maxMessageSize="256k"
  defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="${at("ca.pem")}"
  defaultNetstreamDriverCertFile="${at("cert.pem")}" defaultNetstreamDriverKeyFile="${at("key.pem")}")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
template(name="line" type="string" string="%pri%|%timestamp:::date-rfc3339%|%hostname%|%app-name%|%msgid%|%structured-data%|%msg%\\n")
action(type="omfile" file="${at("messages")}" template="line")
input(type="imtcp" address="127.0.0.1" port="${this.#port}" listenPortFileName="${at("port")}")
`,
    );
    // What a killed one left behind says that it still runs.
    rmSync(at("pid"), { force: true });
    this.#process = spawn("rsyslogd", ["-n", "-f", at("rsyslog.conf"), "-i", at("pid")], { stdio: "ignore" });
    this.#port = await eventually("rsyslog's port", async () => {
      const text = this.#read("port");
      return /^\d+\s*$/.test(text) ? Number(text) : undefined;
    });
  }

  /** The messages written so far, one a line. */
  lines(): string[] {
    return this.#read("messages").split("\n").slice(0, -1);
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }

  #read(name: string): string {
    try {
      return readFileSync(join(this.#folder, name), "utf8");
    } catch {
      return "";
    }
  }
}
