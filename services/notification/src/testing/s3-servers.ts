import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@muster/backing/free-port";
import { eventually } from "@muster/testkit/eventually";
import { AwsClient } from "aws4fetch";
import { pythonPackages } from "./python.ts";

export const KEYS = { accessKeyId: "muster-test", secretAccessKey: "a secret of the test's own" };
const REGION = "us-east-1";

/** A program with an S3 API that others wrote. */
export interface S3Program {
  readonly name: string;
  /** Why it is not there; false when it is. */
  readonly missing: string | false;
  /** Whether it looks at signatures. */
  readonly checksSignatures: boolean;
  /** Whether it says how an object is encrypted. */
  readonly tellsEncryption: boolean;
  start(port: number, folder: string): ChildProcess;
}

const moto = pythonPackages("moto-5.2.5", ["moto[server,s3]==5.2.5"]);

/** The S3 of moto, which boto's users test against; it believes every signature. */
export const motoServer: S3Program = {
  name: "moto",
  missing: "missing" in moto && moto.missing,
  checksSignatures: false,
  tellsEncryption: true,
  start: (port) =>
    spawn("python3", ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
      env: { ...process.env, PYTHONPATH: "folder" in moto ? moto.folder : "" },
      stdio: "ignore",
    }),
};

/** Versity's S3 gateway in front of a folder; it has to be in PATH. */
export const versityGateway: S3Program = {
  name: "versitygw",
  missing: versityIsMissing(),
  checksSignatures: true,
  tellsEncryption: false,
  start: (port, folder) =>
    spawn("versitygw", ["--port", `127.0.0.1:${port}`, "--region", REGION, "posix", folder], {
      env: { ...process.env, ROOT_ACCESS_KEY: KEYS.accessKeyId, ROOT_SECRET_KEY: KEYS.secretAccessKey },
      stdio: "ignore",
    }),
};

function versityIsMissing(): string | false {
  try {
    execFileSync("versitygw", ["--version"], { stdio: "ignore" });
    return false;
  } catch {
    return "there is no versitygw: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0";
  }
}

/** One of them, running, with a bucket named events. */
export class RunningS3 {
  readonly url: string;
  readonly region = REGION;
  readonly bucket = "events";
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #client = new AwsClient({ ...KEYS, service: "s3", region: REGION });

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url;
    this.#process = process;
    this.#folder = folder;
  }

  static async start(program: S3Program): Promise<RunningS3> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "muster-s3-"));
    const running = new RunningS3(`http://127.0.0.1:${port}`, program.start(port, folder), folder);
    await eventually(
      `a bucket in ${program.name}`,
      async () => {
        const answer = await running.#client
          .fetch(`${running.url}/${running.bucket}`, { method: "PUT" })
          .catch(() => undefined);
        return answer?.ok ? true : undefined;
      },
      30_000,
    );
    return running;
  }

  async keys(): Promise<string[]> {
    const answer = await this.#client.fetch(`${this.url}/${this.bucket}?list-type=2`);
    return [...(await answer.text()).matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => key).sort();
  }

  async read(key: string): Promise<{ readonly body: Buffer; readonly headers: Headers }> {
    const answer = await this.#client.fetch(`${this.url}/${this.bucket}/${key}`, {
      headers: { "accept-encoding": "identity" },
    });
    return { body: Buffer.from(await answer.arrayBuffer()), headers: answer.headers };
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise((resolve) => this.#process.once("exit", resolve));
      this.#process.kill("SIGTERM");
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
