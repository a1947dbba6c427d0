import { CompactSign, importJWK, type JWK } from "jose";
import { MAX_OUTPUT_BYTES } from "../domain/report.ts";
import type { HandedOut } from "../usecases/hand-out.ts";

export type CommandSigner = (handed: HandedOut) => Promise<string>;

/** Makes what signs commands for agents: compact JWS, EdDSA (RFC 8037), with the private key as JWK. */
export async function createCommandSigner(jwk: JWK): Promise<CommandSigner> {
  const key = await importJWK(jwk, "EdDSA");
  const header = { alg: "EdDSA", ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) };
  return (handed) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(payloadOf(handed)))).setProtectedHeader(header).sign(key);
}

function payloadOf({ command, what, content }: HandedOut) {
  const { deviceId, createdAt, expiresAt, withdrawal } = command;
  if (what === "withdrawal") {
    // The withdrawal is worth as long as the command may still run, which may be past the moment it had to begin.
    const notAfter =
      withdrawal?.leaseUntil === undefined || withdrawal.leaseUntil < expiresAt ? expiresAt : withdrawal.leaseUntil;
    return { id: withdrawal?.id, deviceId, type: "cancel", params: { commandId: command.id }, createdAt, notAfter };
  }
  return {
    id: command.id,
    deviceId,
    type: command.type,
    params: paramsOf(command, content),
    createdAt,
    notAfter: expiresAt,
  };
}

const paramsOf = ({ script }: HandedOut["command"], content: string) =>
  script === undefined ? {} : { content, timeoutSec: script.timeoutSeconds, maxOutputBytes: MAX_OUTPUT_BYTES };
