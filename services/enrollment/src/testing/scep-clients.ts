import { execFile } from "node:child_process";
import { type KeyObject, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Why a program cannot be run; false when it can. */
export const missing = (program: string, packages: string): string | false =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)))
    ? false
    : `${program} is not installed: apt-get install ${packages}`;

interface Asking {
  readonly url: string;
  readonly key: KeyObject;
  readonly challenge: string;
  /** Where the programs keep their files. */
  readonly folder: string;
}

async function keyFile({ folder, key }: Asking): Promise<string> {
  const file = join(folder, "client-key.pem");
  await writeFile(file, key.export({ format: "pem", type: "pkcs1" }));
  return file;
}

/** A certificate as Debian's scepclient gets it: single DES and SHA-1. */
export async function byScepclient(asking: Asking): Promise<X509Certificate> {
  const certificate = join(asking.folder, "scepclient.crt");
  const files = ["-private-key", await keyFile(asking), "-certificate", certificate];
  const { challenge, folder, url } = asking;
  await run("scepclient", [...files, "-server-url", url, "-challenge", challenge], { cwd: folder });
  return new X509Certificate(await readFile(certificate));
}

/** A certificate as strongSwan's pki gets it. */
export async function byStrongswan(asking: Asking): Promise<X509Certificate> {
  const { challenge, folder, url } = asking;
  const ca = join(folder, "strongswan-ca.pem");
  const outputs = ["--caout", ca, "--raout", join(folder, "strongswan-ra.pem"), "--force", "--outform", "pem"];
  await run("pki", ["--scepca", "--url", url, ...outputs]);
  const trusted = ["--cacert-enc", ca, "--cacert-sig", ca, "--cacert", ca];
  const asked = ["--url", url, "--in", await keyFile(asking), "--dn", "CN=x", "--password", challenge];
  const { stdout } = await run("pki", ["--scep", ...asked, "--outform", "pem", ...trusted]);
  return new X509Certificate(stdout);
}
