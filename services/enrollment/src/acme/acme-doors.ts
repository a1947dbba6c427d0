import { X509Certificate } from "node:crypto";
import type { HttpDoor } from "@muster/host/http-door";
import type { TrustedIngress } from "@muster/host/ingress";
import { traced } from "@muster/host/request-span";
import type { FastifyReply, FastifyRequest } from "fastify";
import { validate as isUuid } from "uuid";
import { bodyOf } from "../apple/request-body.ts";
import type { AcmeOrder, AcmePlace } from "../domain/acme/acme-order.ts";
import { AcmeProblem } from "../domain/acme/acme-problem.ts";
import type { AcmeAccount } from "../storage/acme-accounts.ts";
import type { AcmeAccounts } from "../usecases/acme/acme-accounts.ts";
import type { AcmeOrders } from "../usecases/acme/acme-orders.ts";
import type { ReportRefusal } from "../usecases/report-refusal.ts";
import { type AcmeAddresses, acmeAddresses } from "./addresses.ts";
import { csrIn, identifierIn, statementIn } from "./payloads.ts";
import { sendAcmeProblem } from "./problem.ts";
import {
  accountResource,
  authorizationResource,
  challengeResource,
  directoryResource,
  orderResource,
} from "./resources.ts";
import { jsonIn, readSigned, type SignedRequest } from "./signed-request.ts";

export interface AcmeDoorsDeps {
  readonly accounts: AcmeAccounts;
  readonly orders: AcmeOrders;
  /** The public origin of the device doors. */
  readonly origin: string;
  /** DER: who issues certificates here. */
  readonly authority: Buffer;
  readonly ingress: TrustedIngress;
  /** Told of a device that did not prove what it has to. */
  readonly reportRefusal: ReportRefusal;
  readonly now: () => Date;
}

const BODY_LIMIT = 64 * 1024;
const TENANT = /^[a-z0-9-]{1,63}$/;

/** A verified request about one enrollment. */
interface Asked {
  readonly place: AcmePlace;
  readonly at: AcmeAddresses;
  readonly signed: SignedRequest;
  /** The order in the address. */
  readonly id: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

interface AskedByAccount extends Asked {
  readonly account: AcmeAccount;
}

type Answer = (asked: Asked) => Promise<unknown>;
type AccountAnswer = (asked: AskedByAccount) => Promise<unknown>;

/** The ACME server of Apple's devices (RFC 8555): one directory for each enrollment that is under way. */
export async function openAcmeDoors(door: HttpDoor, deps: AcmeDoorsDeps): Promise<void> {
  const { accounts, orders, origin } = deps;

  const withNonce = async (place: AcmePlace, reply: FastifyReply): Promise<void> => {
    reply
      .header("replay-nonce", await accounts.newNonce(place))
      .header("cache-control", "no-store")
      .header("link", `<${acmeAddresses(origin, place).directory}>;rel="index"`);
  };

  const accountAt = async (place: AcmePlace, kid: string): Promise<AcmeAccount> => {
    const base = acmeAddresses(origin, place).account("");
    if (!kid.startsWith(base)) throw new AcmeProblem("accountDoesNotExist", "kid is the address of no account here");
    return accounts.find(place, kid.slice(base.length));
  };

  const signed =
    (answer: Answer) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const place = placeIn(request);
      await withNonce(place, reply);
      if (request.headers["content-type"]?.split(";")[0]?.trim() !== "application/jose+json")
        throw new AcmeProblem("malformed", "the body has to be application/jose+json", { status: 415 });
      const read = await readSigned(bodyOf(request), {
        url: origin + request.url,
        accountAt: (kid) => accountAt(place, kid),
      });
      await accounts.spendNonce(place, read.nonce);
      const { id = "" } = request.params as { id?: string };
      return answer({ place, at: acmeAddresses(origin, place), signed: read, id, request, reply });
    };

  const byAccount = (answer: AccountAnswer) =>
    signed(async (asked) => {
      const { signer } = asked.signed;
      if (!("account" in signer)) throw new AcmeProblem("malformed", "the header has to name an account");
      return answer({ ...asked, account: signer.account });
    });

  const directory = async (request: FastifyRequest, reply: FastifyReply) => {
    const place = placeIn(request);
    await withNonce(place, reply);
    return directoryResource(acmeAddresses(origin, place));
  };

  const newNonce = async (request: FastifyRequest, reply: FastifyReply) => {
    await withNonce(placeIn(request), reply);
    return reply.code(request.method === "HEAD" ? 200 : 204).send();
  };

  const newAccount: Answer = async ({ at, place, reply, signed: { payload, signer } }) => {
    if (!("jwk" in signer)) throw new AcmeProblem("malformed", "the header has to bring the account's key");
    const { onlyReturnExisting } = jsonIn(payload);
    const { account: opened, isNew } = await accounts.open(place, signer.jwk, {
      existing: onlyReturnExisting === true,
    });
    reply.code(isNew ? 201 : 200).header("location", at.account(opened.id));
    return accountResource(opened.id, at);
  };

  const changeAccount: AccountAnswer = async ({ account: own, at, id, signed: { payload } }) => {
    if (id !== own.id) throw new AcmeProblem("unauthorized", "this is another account");
    // There is nothing else about an account that could be changed.
    if (payload.length === 0 || jsonIn(payload)["status"] !== "deactivated") return accountResource(own.id, at);
    await accounts.end(own);
    return { ...accountResource(own.id, at), status: "deactivated" };
  };

  const accountOrders: AccountAnswer = async ({ account: own, at, id }) => {
    if (id !== own.id) throw new AcmeProblem("unauthorized", "this is another account");
    return { orders: (await orders.list(own)).map((order) => at.order(order.id)) };
  };

  const resourceOf = (order: AcmeOrder, { at, reply }: Asked) => {
    reply.header("location", at.order(order.id));
    return orderResource(order, orders.identifierOf(order), at);
  };

  const newOrder: AccountAnswer = async (asked) => {
    const order = await orders.create(asked.account, identifierIn(asked.signed.payload));
    asked.reply.code(201);
    return resourceOf(order, asked);
  };

  const order: AccountAnswer = async (asked) => resourceOf(await orders.find(asked.account, asked.id), asked);

  const authorization: AccountAnswer = async ({ account: own, at, id }) => {
    const found = await orders.find(own, id);
    return authorizationResource(found, orders.identifierOf(found), at);
  };

  const challenge: AccountAnswer = async ({ account: own, at, id, reply, request, signed: { payload } }) => {
    const before = await orders.find(own, id);
    reply.header("link", [`<${at.directory}>;rel="index"`, `<${at.authorization(id)}>;rel="up"`]);
    if (payload.length === 0) return challengeResource(before, at);
    const after = await orders.answer(own, id, { attestation: statementIn(payload) });
    if (before.status === "pending" && after.status === "invalid")
      await deps.reportRefusal(
        {
          method: "apple",
          code: "apple.not_attested",
          remoteAddress: deps.ingress.remoteAddress(request.headers, request.socket.remoteAddress),
          hostname: "",
          at: deps.now(),
        },
        { tenant: own.tenant },
      );
    return challengeResource(after, at);
  };

  const finalize: AccountAnswer = async (asked) =>
    resourceOf(await orders.finalize(asked.account, asked.id, csrIn(asked.signed.payload)), asked);

  const certificate: AccountAnswer = async ({ account: own, id, reply }) => {
    const found = await orders.find(own, id);
    if (found.certificate === undefined) throw new AcmeProblem("orderNotReady", "there is no certificate yet");
    const chain = [found.certificate, deps.authority].map((der) => new X509Certificate(der).toString());
    reply.header("content-type", "application/pem-certificate-chain");
    return reply.send(chain.join(""));
  };

  const notHere: Answer = async () => {
    throw new AcmeProblem(
      "unauthorized",
      "a certificate ends with its enrollment, and a key with its account; ask an administrator",
    );
  };

  await door.register(
    async (acme) => {
      acme.removeAllContentTypeParsers();
      acme.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
      acme.setErrorHandler((error, _request, reply) => sendAcmeProblem(error, reply));
      acme.get("/directory", traced(directory));
      acme.route({ method: ["HEAD", "GET"], url: "/nonces", handler: traced(newNonce) });
      const routes: Readonly<Record<string, ReturnType<typeof signed>>> = {
        "/accounts": signed(newAccount),
        "/accounts/:id": byAccount(changeAccount),
        "/accounts/:id/orders": byAccount(accountOrders),
        "/orders": byAccount(newOrder),
        "/orders/:id": byAccount(order),
        "/orders/:id/finalize": byAccount(finalize),
        "/orders/:id/certificate": byAccount(certificate),
        "/authorizations/:id": byAccount(authorization),
        "/challenges/:id": byAccount(challenge),
        "/revocations": signed(notHere),
        "/key-changes": signed(notHere),
      };
      for (const [url, handler] of Object.entries(routes)) acme.post(url, { bodyLimit: BODY_LIMIT }, traced(handler));
    },
    { prefix: "/apple/acme/:tenant/:enrollment" },
  );
}

function placeIn({ params }: FastifyRequest): AcmePlace {
  const { enrollment = "", tenant = "" } = params as { tenant?: string; enrollment?: string };
  if (!TENANT.test(tenant) || !isUuid(enrollment))
    throw new AcmeProblem("malformed", "there is no directory here", { status: 404 });
  return { tenant, enrollmentId: enrollment };
}
