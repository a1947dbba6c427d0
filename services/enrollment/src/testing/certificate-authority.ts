import { execFile } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const P256 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

export interface TestAuthority {
  readonly folder: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A device CA made by openssl, so that what we issue is read by somebody else's code. */
export async function makeAuthority(kind = P256): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), "muster-enrollment-ca-"));
  const [certificateFile, keyFile] = [join(folder, "ca.pem"), join(folder, "ca.key")];
  await openssl(
    ["req", "-x509", "-newkey", ...kind, "-nodes", "-days", "3650"],
    ["-subj", "/CN=Test device CA", "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    ["-keyout", keyFile, "-out", certificateFile],
  );
  return { folder, certificateFile, keyFile };
}

/** A certificate request in PEM for a new key of this kind, such as ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]. */
export async function makeRequest(folder: string, kind = P256): Promise<string> {
  const file = join(await mkdtemp(join(folder, "request-")), "request.pem");
  await openssl(
    ["req", "-new", "-nodes", "-newkey", ...kind, "-subj", "/CN=root"],
    ["-keyout", `${file}.key`, "-out", file],
  );
  return readFile(file, "utf8");
}

export async function openssl(...args: readonly (readonly string[])[]): Promise<string> {
  return (await run("openssl", args.flat())).stdout;
}
