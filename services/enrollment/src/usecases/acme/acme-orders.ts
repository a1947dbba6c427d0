import type { X509Certificate } from "node:crypto";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import { type AcmeOrder, failed, fulfilled, orderAt, proven } from "../../domain/acme/acme-order.ts";
import { AcmeProblem } from "../../domain/acme/acme-problem.ts";
import type { AppleEnrollment } from "../../domain/apple/apple-enrollment.ts";
import { isChallengeGood } from "../../domain/apple/challenge.ts";
import type { AcmeAccount } from "../../storage/acme-accounts.ts";
import { ordersOf, putOrder } from "../../storage/acme-orders.ts";
import { saveCertificate } from "../../storage/apple-enrollments.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import type { EnrollmentWork } from "../apple/escrow.ts";
import type { IssueAppleCertificate } from "../apple/issue-by-scep.ts";
import { sha256 } from "../credential-hash.ts";
import { certifiableKey } from "./certifiable-key.ts";
import { type ChallengeAnswer, proofIn } from "./challenge-answer.ts";
import { liveEnrollment } from "./live-enrollment.ts";

export interface AcmeOrdersDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly vault: Vault;
  /** Who is believed to attest devices. */
  readonly attestationRoots: readonly X509Certificate[];
  readonly issue: IssueAppleCertificate;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly newCredential: () => string;
}

const MOST_ORDERS = 8;

const notIts = () =>
  new AcmeProblem("rejectedIdentifier", "the identifier is not the one of this enrollment, or it was used");

/** Orders over ACME (RFC 8555 §7.4): each is for the one certificate that an enrollment's challenge is good for. */
export class AcmeOrders {
  readonly #deps: AcmeOrdersDeps;

  constructor(deps: AcmeOrdersDeps) {
    this.#deps = deps;
  }

  /** Throws AcmeProblem when the identifier is not the enrollment's challenge. */
  create(account: AcmeAccount, identifier: string): Promise<AcmeOrder> {
    const { database, newCredential, newId, now, vault } = this.#deps;
    return database.tenant(account.tenant, async (work) => {
      const at = now();
      const enrollment = await liveEnrollment(work, account, at);
      const challengeSha256 = sha256(identifier);
      if (enrollment.challengeSha256 !== challengeSha256 || !isChallengeGood(enrollment, at)) throw notIts();
      if ((await ordersOf(work.sql, account, account.id)).length >= MOST_ORDERS)
        throw new AcmeProblem("rateLimited", "this account has too many orders; fetch the enrollment profile anew");
      const id = newId();
      const order: AcmeOrder = {
        tenant: account.tenant,
        enrollmentId: account.enrollmentId,
        id,
        accountId: account.id,
        identifier: vault.seal(placeOf(account.tenant, id), Buffer.from(identifier)),
        challengeSha256,
        token: newCredential(),
        status: "pending",
        problem: undefined,
        attestedKey: undefined,
        attested: undefined,
        certificate: undefined,
        createdAt: at,
        validatedAt: undefined,
        expiresAt: enrollment.challengeExpiresAt,
      };
      await putOrder(work.sql, order);
      return order;
    });
  }

  list(account: AcmeAccount): Promise<AcmeOrder[]> {
    return this.#deps.database.tenant(account.tenant, (work) => this.#ordersOf(work, account));
  }

  /** Throws AcmeProblem when it is not the account's. */
  find(account: AcmeAccount, id: string): Promise<AcmeOrder> {
    return this.#deps.database.tenant(account.tenant, (work) => this.#find(work, account, id));
  }

  /** What the order names. */
  identifierOf({ id, identifier, tenant }: AcmeOrder): string {
    return this.#deps.vault.open(placeOf(tenant, id), identifier).toString();
  }

  /** Takes the answer to the challenge. One that proves nothing ends the order; one that comes again changes nothing. */
  answer(account: AcmeAccount, id: string, answer: ChallengeAnswer): Promise<AcmeOrder> {
    const { attestationRoots: roots, database, now } = this.#deps;
    return database.tenant(account.tenant, async (work) => {
      const enrollment = await liveEnrollment(work, account, now());
      const order = await this.#find(work, account, id);
      if (order.status !== "pending") return order;
      const answered = answeredBy(order, enrollment, answer, { roots, now: now() });
      await putOrder(work.sql, answered);
      return answered;
    });
  }

  /** Issues the certificate. Throws AcmeProblem when the order is not ready, or the request is not for the key that it may be. */
  finalize(account: AcmeAccount, id: string, csr: Buffer): Promise<AcmeOrder> {
    const { database, issue, now } = this.#deps;
    return database.tenant(account.tenant, async (work) => {
      const at = now();
      const enrollment = await liveEnrollment(work, account, at);
      const order = await this.#find(work, account, id);
      if (order.status === "valid") return order;
      if (order.status !== "ready") throw new AcmeProblem("orderNotReady", `the order is ${order.status}`);
      if (enrollment.challengeSha256 !== order.challengeSha256 || !isChallengeGood(enrollment, at)) throw notIts();
      const certificate = issue(enrollment, certifiableKey(csr, order.attestedKey), at);
      await saveCertificate(work.sql, enrollment, { ...certificate, attested: order.attested }, at);
      const done = fulfilled(order, certificate.der);
      await putOrder(work.sql, done);
      return done;
    });
  }

  async #find(work: EnrollmentWork, account: AcmeAccount, id: string): Promise<AcmeOrder> {
    const found = (await this.#ordersOf(work, account)).find((order) => order.id === id);
    if (found === undefined) throw new AcmeProblem("malformed", "this account has no such order", { status: 404 });
    return found;
  }

  async #ordersOf(work: EnrollmentWork, account: AcmeAccount): Promise<AcmeOrder[]> {
    const at = this.#deps.now();
    return (await ordersOf(work.sql, account, account.id)).map((order) => orderAt(order, at));
  }
}

const placeOf = (tenant: string, id: string): string => `${tenant}/acme-order/${id}`;

function answeredBy(
  order: AcmeOrder,
  enrollment: AppleEnrollment,
  answer: ChallengeAnswer,
  { now, roots }: { readonly roots: readonly X509Certificate[]; readonly now: Date },
): AcmeOrder {
  try {
    return proven(order, proofIn(answer, { enrollment, token: order.token, roots, now }), now);
  } catch (error) {
    if (!(error instanceof AcmeProblem)) throw error;
    return failed(order, error.document);
  }
}
