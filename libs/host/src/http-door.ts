import type { Socket } from "node:net";
import type { Readable, Transform } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { HTTP_STATUS } from "./http-status.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./logging.ts";
import { Refusal } from "./refusal.ts";
import { traced } from "./request-span.ts";
import { metrics } from "./telemetry.ts";

export interface HttpDoorOptions {
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
  /** The largest body in bytes, counted after decompression. */
  readonly bodyLimit: number;
}

export type HttpDoor = FastifyInstance;

/** How often a door that closes looks for connections without a request in hand. */
const IDLE_EVERY_MS = 50;

/**
 * Closes a door once what it has in hand is answered. Node closes connections that are idle when the close begins; one that is
 * idle only later, or never sent anything, would be waited for.
 */
function closerOf(door: HttpDoor): () => Promise<void> {
  const connections = new Set<Socket>();
  door.server.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  const closeIdle = (): void => {
    door.server.closeIdleConnections();
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  };
  return async () => {
    const looking = setInterval(closeIdle, IDLE_EVERY_MS);
    await door.close().finally(() => clearInterval(looking));
  };
}

/**
 * An HTTP door for devices: every body is JSON whatever its content type says, gzip and deflate are unpacked up to
 * the limit, a slow sender is cut off, and what cannot be understood is answered with a problem that says why.
 */
export function createHttpDoor({ log, lifecycle, bodyLimit }: HttpDoorOptions): HttpDoor {
  const door = Fastify({
    bodyLimit,
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    forceCloseConnections: "idle",
    return503OnClosing: true,
    routerOptions: { maxParamLength: 500 },
    exposeHeadRoutes: false,
    // An address that cannot be read never comes to a route.
    frameworkErrors: (error, request, reply) => answerError(error, request, reply as FastifyReply, log),
    // How often node looks for those who are too slow: its own 30 s would let each limit pass by as much again.
    http: { connectionsCheckingInterval: 2_000, headersTimeout: 15_000 },
  });
  door.removeAllContentTypeParsers();
  door.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    if (body === "") return done(null, {});
    try {
      done(null, JSON.parse(body as string));
    } catch (cause) {
      done(new Refusal("http.malformed_json", "invalid", "the body is not JSON", { cause }));
    }
  });
  door.addHook("preParsing", (request, _reply, payload, done) => {
    const encoding = request.headers["content-encoding"];
    if (encoding === undefined || encoding === "identity") return done(null, payload);
    const unpack = encoding === "gzip" ? createGunzip() : encoding === "deflate" ? createInflate() : undefined;
    if (unpack === undefined) {
      return done(new Refusal("http.unknown_encoding", "invalid", `content-encoding "${encoding}" is not known`));
    }
    done(null, unpacked(payload as Payload, unpack));
  });
  door.setErrorHandler((error, request, reply) => answerError(error as FastifyError | Refusal, request, reply, log));
  door.setNotFoundHandler(traced(async (request, reply) => sendUnknownPath(request, reply)));
  countRequests(door);
  lifecycle.add("http door", closerOf(door));
  lifecycle.probe("http", () => door.inject("/self-test"));
  return door;
}

/** Each request when its answer ends, by the first digit of its status: one that is held open counts when it is over. */
function countRequests(door: HttpDoor): void {
  const requests = metrics.getMeter("muster").createCounter("muster.http.requests", { unit: "{request}" });
  door.server.on("request", (_request, response) => {
    response.once("close", () => requests.add(1, { status: `${Math.trunc(response.statusCode / 100)}xx` }));
  });
}

type Payload = Readable & { receivedEncodedLength?: number };

/** Pipes through the decompressor and counts what came in, so that fastify can hold it against Content-Length. */
function unpacked(payload: Payload, unpack: Transform): Payload {
  const out: Payload = unpack;
  out.receivedEncodedLength = 0;
  payload.on("data", (chunk: Buffer) => {
    out.receivedEncodedLength = (out.receivedEncodedLength ?? 0) + chunk.length;
  });
  payload.on("error", (error) => unpack.destroy(error));
  payload.on("aborted", () => unpack.destroy());
  payload.pipe(unpack);
  return out;
}

function answerError(
  error: FastifyError | Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  if (error instanceof Refusal) {
    if (error.retryAfterSec !== undefined) reply.header("retry-after", String(error.retryAfterSec));
    return sendProblem(reply, HTTP_STATUS[error.kind], error.code, error.message);
  }
  if (error.code?.startsWith("Z_") || error.code === "ERR_TRAILING_JUNK_AFTER_STREAM_END") {
    return sendProblem(reply, 400, "http.malformed_encoding", "the body is not what content-encoding says");
  }
  if (error.code === "FST_ERR_MAX_PARAM_LENGTH") return sendUnknownPath(request, reply);
  if (error.statusCode !== undefined && error.statusCode < 500) {
    if (error.statusCode === 413) {
      readToItsEnd(request, reply);
      return sendProblem(
        reply,
        413,
        "http.too_large",
        `a body here has at most ${request.routeOptions.bodyLimit} bytes`,
      );
    }
    return sendProblem(reply, error.statusCode, "http.bad_request", error.message);
  }
  log.error({ err: error, path: request.routeOptions.url }, "request failed");
  return sendProblem(reply, 500, "http.internal", "the request failed here; it can be sent again");
}

/**
 * Lets the rest of a body that is too large pass by. To close the connection while its sender still writes would reset
 * it, and a reset takes the answer away with it; the request's time limit ends a body without end.
 */
function readToItsEnd({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader("connection");
  raw.unpipe();
  raw.resume();
}

function sendUnknownPath({ method, url }: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(reply, 404, "http.unknown_path", `there is nothing at ${method} ${url.split("?")[0]}`);
}

/** Answers with problem+json (RFC 9457); `code` is stable, `detail` is for people. */
export function sendProblem(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  return reply
    .code(status)
    .type("application/problem+json")
    .send(JSON.stringify({ type: "about:blank", title: code, status, code, detail }));
}

/** Opens the door on a port of its own or, with port 0, on a free one; returns the port. */
export async function openHttpDoor(door: HttpDoor, port: number, host = "0.0.0.0"): Promise<number> {
  await door.listen({ port, host });
  const address = door.server.address();
  if (address === null || typeof address === "string") throw new Error("the door has no port");
  return address.port;
}
