import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { HttpDoor } from "@muster/host/http-door";
import { HTTP_STATUS } from "@muster/host/http-status";
import { Refusal } from "@muster/host/refusal";
import { currentTrace, currentTraceId } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { OwnerSession } from "../domain/owner-session.ts";
import type { RateLimit } from "../domain/rate-limit.ts";
import { refuse } from "../domain/refusals.ts";
import type { Asked } from "../rest/action-log.ts";
import { refuseForeign } from "../rest/admission.ts";
import type { RecordParts } from "../rest/route-record.ts";
import type { OwnerPages } from "../usecases/owner-page.ts";
import { MY_DEVICE, type OwnerCookie } from "./owner-cookie.ts";
import { messageHtml, openingHtml, pageHtml } from "./page-html.ts";

export interface MyDeviceParts {
  readonly pages: OwnerPages;
  readonly cookie: OwnerCookie;
  readonly records: Pick<RecordParts, "actions" | "admission" | "now">;
  readonly rate: RateLimit;
}

// No script at all, nothing from elsewhere, and other sites do not learn of it. Without any referrer browsers would hide
// where a form comes from, too.
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
};

const REFETCH = "device.refetch";

/** The page of a device for the person who holds it, behind a cookie that a link of the device is exchanged for. */
export async function offerMyDevice(door: HttpDoor, parts: MyDeviceParts): Promise<void> {
  const { pages, cookie, rate, records } = parts;
  const { actions, admission, now } = records;
  const style = await readFile(join(import.meta.dirname, "style.css"));

  const slow = (key: string) => {
    const waitSec = rate.take(key, now());
    if (waitSec > 0) throw refuse("api.too_many_requests", "too many requests; send fewer", { retryAfterSec: waitSec });
  };
  const sessionOf = (request: FastifyRequest): OwnerSession => {
    const session = cookie.read(request, now());
    if (session === undefined)
      throw refuse(
        "owner.no_session",
        "open this page from the device itself: its link is good for one visit of an hour",
      );
    slow(`${session.tenant}/${session.deviceId}`);
    return session;
  };

  const refetch = async (request: FastifyRequest, reply: FastifyReply) => {
    refuseForeign(request);
    const session = sessionOf(request);
    const device = await pages.device(session);
    const asked = askedByOwner(request, reply, session, device.displayName);
    const openId = await actions.begin(asked);
    const end = (status: number, code: string) =>
      actions.end(asked, { status, code, after: undefined, alsoRefused: 0 }, openId);
    try {
      await pages.refetch(session, device);
    } catch (error) {
      await end(...endOf(error));
      throw error;
    }
    await end(202, "");
  };

  await door.register(async (scope) => {
    scope.addHook("onRequest", async (_request, reply) => void reply.headers(HEADERS));

    await scope.register(async (api) => {
      api.get(`${MY_DEVICE}/api/device`, (request) => pages.read(sessionOf(request)));
      api.post(`${MY_DEVICE}/api/refetch`, async (request, reply) => {
        await refetch(request, reply);
        return reply.code(202).send({});
      });
    });

    await scope.register(async (html) => {
      answerInWords(html);
      html.get(`${MY_DEVICE}/style.css`, (_request, reply) => reply.type("text/css; charset=utf-8").send(style));
      html.get(`${MY_DEVICE}/open/:tenant/:token`, async (request: OpenRequest, reply) => {
        slow(admission.remoteAddress(request));
        const { tenant, token } = request.params;
        const deviceId = await pages.redeem(tenant, token);
        const session = { tenant, deviceId, openedAt: now() };
        // The address holds the link: nobody is told of it, not even ourselves.
        reply.headers({ "set-cookie": cookie.set(session), "referrer-policy": "no-referrer" });
        return sendHtml(reply, openingHtml());
      });
      html.get(MY_DEVICE, async (request: PageRequest, reply) =>
        sendHtml(reply, pageHtml(await pages.read(sessionOf(request)), request.query.asked === "1")),
      );
      html.post(`${MY_DEVICE}/refetch`, async (request, reply) => {
        await refetch(request, reply);
        return reply.redirect(`${MY_DEVICE}?asked=1`, 303);
      });
      html.post(`${MY_DEVICE}/leave`, async (request, reply) => {
        refuseForeign(request);
        return sendHtml(
          reply.header("set-cookie", cookie.clear()),
          messageHtml("You left the page", "open it from the device whenever you like"),
        );
      });
    });
  });
}

type OpenRequest = FastifyRequest<{ Params: { tenant: string; token: string } }>;
type PageRequest = FastifyRequest<{ Querystring: { asked?: string } }>;

const sendHtml = (reply: FastifyReply, html: string) => reply.type("text/html; charset=utf-8").send(html);

const TITLES: Readonly<Record<number, string>> = {
  401: "Open this page from your device",
  429: "Too many requests",
  503: "Not reachable at the moment",
};

/** People read here: a refusal is a page too. */
function answerInWords(scope: HttpDoor): void {
  scope.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof Refusal)) throw error;
    const status = HTTP_STATUS[error.kind];
    if (error.retryAfterSec !== undefined) reply.header("retry-after", String(error.retryAfterSec));
    return sendHtml(reply.code(status), messageHtml(TITLES[status] ?? "That did not work", error.message));
  });
}

const endOf = (error: unknown): [status: number, code: string] =>
  error instanceof Refusal ? [HTTP_STATUS[error.kind], error.code] : [500, "http.internal"];

/** What is told of an action: that the owner did it and to which device, and nothing of where the owner is. */
function askedByOwner(
  request: FastifyRequest,
  reply: FastifyReply,
  { deviceId, tenant }: OwnerSession,
  name: string,
): Asked {
  return {
    tenant,
    actor: "owner",
    role: "owner",
    action: REFETCH,
    method: REFETCH,
    credentialKind: "owner",
    credentialId: "",
    path: request.url.split("?")[0] ?? "",
    remoteAddress: "",
    idempotencyKey: "",
    userAgent: "",
    requestId: String(reply.getHeader("x-request-id") ?? ""),
    traceId: currentTraceId(),
    trace: currentTrace(),
    resourceId: deviceId,
    resourceName: name,
    before: undefined,
  };
}
