import type { AcmeOrder } from "../domain/acme/acme-order.ts";
import type { AcmeAddresses } from "./addresses.ts";

export const IDENTIFIER_TYPE = "permanent-identifier";
const CHALLENGE_TYPE = "device-attest-01";

/** RFC 8555 §7.1.1. */
export const directoryResource = (at: AcmeAddresses) => ({
  newNonce: at.nonces,
  newAccount: at.accounts,
  newOrder: at.orders,
  revokeCert: at.revocations,
  keyChange: at.keyChanges,
});

/** RFC 8555 §7.1.2. */
export const accountResource = (id: string, at: AcmeAddresses) => ({ status: "valid", orders: at.accountOrders(id) });

const identifier = (value: string) => ({ type: IDENTIFIER_TYPE, value });

/** RFC 8555 §7.1.3. */
export const orderResource = (order: AcmeOrder, value: string, at: AcmeAddresses) => ({
  status: order.status,
  expires: order.expiresAt.toISOString(),
  identifiers: [identifier(value)],
  authorizations: [at.authorization(order.id)],
  finalize: at.finalize(order.id),
  ...(order.status === "valid" && { certificate: at.certificate(order.id) }),
  ...(order.problem && { error: order.problem }),
});

/** RFC 8555 §7.1.4. Once proven it stays so, whatever becomes of the order. */
export const authorizationResource = (order: AcmeOrder, value: string, at: AcmeAddresses) => ({
  status: proofStatus(order),
  expires: order.expiresAt.toISOString(),
  identifier: identifier(value),
  challenges: [challengeResource(order, at)],
});

/** RFC 8555 §8, draft-ietf-acme-device-attest §5. */
export const challengeResource = (order: AcmeOrder, at: AcmeAddresses) => ({
  type: CHALLENGE_TYPE,
  url: at.challenge(order.id),
  status: proofStatus(order),
  token: order.token,
  ...(order.validatedAt && { validated: order.validatedAt.toISOString() }),
  ...(order.problem && { error: order.problem }),
});

const proofStatus = ({ status, validatedAt }: AcmeOrder) => (validatedAt === undefined ? status : "valid");
