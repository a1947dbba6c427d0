import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type PemIdentity, serverCertificate } from "./apns-certificates.ts";
import { SimulatedApns } from "./simulated-apns.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    folder: { type: "string" },
    fleet: { type: "string" },
  },
});
const { fleet, folder } = values;
if (folder === undefined) {
  process.stderr.write(
    "usage: node apns-main.ts --folder dir [--port 2197] [--fleet URL]\n" +
      "       (the folder holds its certificate, apns.pem; the URL is the control door of a simulated fleet)\n",
  );
  process.exit(2);
}

const say = (line: Readonly<Record<string, unknown>>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** The certificate stays the same over restarts, so that a server can be told to trust it. */
async function identityIn(path: string): Promise<PemIdentity> {
  const [certificate, key] = [join(path, "apns.pem"), join(path, "apns-key.pem")];
  try {
    return { certificate: await readFile(certificate, "utf8"), key: await readFile(key, "utf8") };
  } catch {
    const made = await serverCertificate();
    await mkdir(path, { recursive: true });
    await writeFile(key, made.key, { mode: 0o600 });
    await writeFile(certificate, made.certificate);
    return made;
  }
}

const wake = async (token: string, mdm: string): Promise<boolean> => {
  const answer = await fetch(`${fleet}/3/device/${token}`, { method: "POST", body: JSON.stringify({ mdm }) });
  return answer.status === 200;
};

const apns = await SimulatedApns.open({
  port: Number(values.port),
  identity: await identityIn(folder),
  ...(fleet !== undefined && { wake }),
});
say({ msg: "push service started", url: apns.url });

const stop = async (signal: string): Promise<void> => {
  say({ msg: "push service stopping", signal, pushes: apns.ledger.length });
  await apns.close();
  process.exit(0);
};
process.once("SIGTERM", () => void stop("SIGTERM"));
process.once("SIGINT", () => void stop("SIGINT"));
