import { hostname, release } from "node:os";
import type { Server } from "../channel/server.ts";
import type { QueryRunner } from "../sql/query-runner.ts";
import { createCertificateRequest } from "./certificate-request.ts";
import type { Identity } from "./identity.ts";

const CAPABILITIES = ["run_script", "refetch", "restart", "shutdown", "cancel", "sql"] as const;

type Issued = Omit<Identity, "privateKey">;

/** Trades the token for an identity. What the machine says of itself comes from the same tables as every other answer. */
export async function enroll(
  server: Server,
  runner: QueryRunner,
  { token, version, signal }: { readonly token: string; readonly version: string; readonly signal: AbortSignal },
): Promise<Identity> {
  const { csr, privateKey } = await createCertificateRequest(hostname());
  const [system = {}] = await runner.query("SELECT * FROM system_info");
  const [os = {}] = await runner.query("SELECT * FROM os_version");
  const answer = await server.post(
    "/agent/v1/enroll",
    {
      token,
      csr,
      hostname: hostname(),
      hardware: {
        uuid: system["uuid"],
        serial: system["hardware_serial"],
        vendor: system["hardware_vendor"],
        model: system["hardware_model"],
      },
      os: {
        platform: os["platform"],
        name: os["name"],
        version: os["version"],
        kernel: release(),
        arch: os["arch"],
      },
      agent: { version, protocols: [1], capabilities: CAPABILITIES },
    },
    { signal },
  );
  return { ...requireIssued(answer), privateKey };
}

/** A server that leaves something out would cost us the token and leave us without an identity, so it is said at once. */
function requireIssued(answer: unknown): Issued {
  const issued = answer as Partial<Issued>;
  const missing = (["deviceId", "tenant", "certificate", "nodeKey", "commandKeys"] as const).filter(
    (name) => issued[name] === undefined,
  );
  if (missing.length > 0) throw new Error(`the server's answer to the enrollment lacks ${missing.join(", ")}`);
  return {
    deviceId: issued.deviceId ?? "",
    tenant: issued.tenant ?? "",
    certificate: issued.certificate ?? "",
    chain: issued.chain ?? [],
    nodeKey: issued.nodeKey ?? "",
    commandKeys: issued.commandKeys ?? { keys: [] },
    checkinIntervalSec: issued.checkinIntervalSec ?? 60,
    ownership: issued.ownership ?? "corporate",
  };
}
