import type { AttestedDevice } from "../apple/attested-device.ts";
import { AcmeProblem, type ProblemDocument } from "./acme-problem.ts";

/** Whom ACME is talked with about what: each enrollment has a directory of its own. */
export interface AcmePlace {
  readonly tenant: string;
  readonly enrollmentId: string;
}

/** An order is processed at once, so that it is never `processing` (RFC 8555 §7.1.6). */
export type OrderStatus = "pending" | "ready" | "valid" | "invalid";

/** One order with its one authorization and its one challenge, which share its id. */
export interface AcmeOrder extends AcmePlace {
  readonly id: string;
  readonly accountId: string;
  /** The enrollment's challenge that the order names: sealed, and what it is compared by. */
  readonly identifier: Buffer;
  readonly challengeSha256: string;
  readonly token: string;
  readonly status: OrderStatus;
  readonly problem: ProblemDocument | undefined;
  /** SubjectPublicKeyInfo, DER. */
  readonly attestedKey: Buffer | undefined;
  readonly attested: AttestedDevice | undefined;
  /** DER. */
  readonly certificate: Buffer | undefined;
  readonly createdAt: Date;
  readonly validatedAt: Date | undefined;
  readonly expiresAt: Date;
}

/** An order that went past its time without a certificate comes to nothing. */
export const orderAt = (order: AcmeOrder, now: Date): AcmeOrder =>
  now < order.expiresAt || order.status === "valid" || order.status === "invalid"
    ? order
    : { ...order, status: "invalid", problem: new AcmeProblem("malformed", "the order has expired").document };

/** What the device proved: the key and facts that its maker attested, or only that it knows the challenge. */
export interface Proof {
  readonly attestedKey: Buffer | undefined;
  readonly attested: AttestedDevice | undefined;
}

export const proven = (order: AcmeOrder, proof: Proof, now: Date): AcmeOrder => ({
  ...order,
  ...proof,
  status: "ready",
  validatedAt: now,
});

export const failed = (order: AcmeOrder, problem: ProblemDocument): AcmeOrder => ({
  ...order,
  status: "invalid",
  problem,
});

export const fulfilled = (order: AcmeOrder, certificate: Buffer): AcmeOrder => ({
  ...order,
  status: "valid",
  certificate,
});
