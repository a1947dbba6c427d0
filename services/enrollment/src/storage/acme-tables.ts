import type { JWK } from "jose";
import type { Generated } from "kysely";
import type { OrderStatus } from "../domain/acme/acme-order.ts";
import type { ProblemDocument } from "../domain/acme/acme-problem.ts";
import type { AttestedDevice } from "../domain/apple/attested-device.ts";
import type { IdentityWay } from "../domain/apple/identity-way.ts";

export interface AppleIdentityWayTable {
  tenant: string;
  way: IdentityWay;
  changed_at: Date;
  revision: Generated<number>;
}

export interface AcmeAccountTable {
  tenant: string;
  enrollment_id: string;
  id: string;
  jwk: JWK;
  expires_at: Date;
}

export interface AcmeOrderTable {
  tenant: string;
  id: string;
  enrollment_id: string;
  account_id: string;
  identifier: Buffer;
  challenge_sha256: string;
  token: string;
  status: OrderStatus;
  problem: ProblemDocument | null;
  attested_key: Buffer | null;
  attested: AttestedDevice | null;
  certificate: Buffer | null;
  created_at: Date;
  validated_at: Date | null;
  expires_at: Date;
}

export interface AcmeNonceTable {
  tenant: string;
  enrollment_id: string;
  nonce: string;
  created_at: Date;
}
