import { AcmeProblem } from "../domain/acme/acme-problem.ts";
import { isBase64url } from "../domain/acme/base64url.ts";
import { IDENTIFIER_TYPE } from "./resources.ts";
import { jsonIn } from "./signed-request.ts";

const LONGEST_IDENTIFIER = 128;

/** The one identifier that an order is for. Throws AcmeProblem. */
export function identifierIn(payload: Buffer): string {
  const { identifiers } = jsonIn(payload);
  if (!Array.isArray(identifiers) || identifiers.length !== 1)
    throw new AcmeProblem("malformed", "an order here is for exactly one identifier");
  const { type, value } = (identifiers[0] ?? {}) as { type?: unknown; value?: unknown };
  if (type !== IDENTIFIER_TYPE)
    throw new AcmeProblem("unsupportedIdentifier", `an identifier here is of the type ${IDENTIFIER_TYPE}`);
  if (typeof value !== "string" || value.length === 0 || value.length > LONGEST_IDENTIFIER)
    throw new AcmeProblem("malformed", `an identifier has 1 to ${LONGEST_IDENTIFIER} characters`);
  return value;
}

/** The attestation in the answer to a challenge; nothing when the device sent none. Throws AcmeProblem. */
export function statementIn(payload: Buffer): Buffer | undefined {
  const { attObj, error } = jsonIn(payload);
  if (error !== undefined || attObj === undefined || attObj === "") return undefined;
  return bytesIn(attObj, "attObj");
}

/** The certificate request of an order: PKCS#10, DER. Throws AcmeProblem. */
export const csrIn = (payload: Buffer): Buffer => bytesIn(jsonIn(payload)["csr"], "csr");

function bytesIn(value: unknown, name: string): Buffer {
  if (!isBase64url(value)) throw new AcmeProblem("malformed", `${name} has to be base64url`);
  return Buffer.from(value, "base64url");
}
