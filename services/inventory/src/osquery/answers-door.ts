import type { NodeKeyVerifier } from "@muster/device-identity/node-key";
import type { HttpDoor } from "@muster/host/http-door";
import { Refusal } from "@muster/host/refusal";
import { inRequestSpan } from "@muster/host/request-span";
import { ATTRIBUTE } from "@muster/host/telemetry-names";
import type { FastifyReply, FastifyRequest } from "fastify";
import { cutAnswers } from "../domain/cut-answers.ts";
import { readDistributedWrite } from "../domain/distributed-write.ts";
import { MiscutError } from "../domain/unread-rows.ts";
import type { AdmitHost } from "../usecases/admit-host.ts";
import type { SawDevice } from "../usecases/keep-presence.ts";
import type { TakeAnswers } from "../usecases/take-answers.ts";
import { type Body, BodyBuffers } from "./body-buffers.ts";
import { DONE, identify, objectOf, sendJson, sendNodeInvalid } from "./identify.ts";
import { post } from "./paths.ts";

export interface AnswersDependencies {
  readonly verifier: NodeKeyVerifier;
  readonly admit: AdmitHost;
  readonly takeAnswers: TakeAnswers;
  readonly saw: SawDevice;
  readonly now: () => Date;
}

export const ANSWERS_LIMIT = 16 * 1024 * 1024;

/** distributed/write. Its bodies are large and say mostly what is known, so they are taken as bytes and read in part. */
export function offerAnswers(door: HttpDoor, { verifier, admit, takeAnswers, saw, now }: AnswersDependencies): void {
  const bodies = new BodyBuffers();

  const answer = async (request: FastifyRequest, reply: FastifyReply, bytes: Buffer): Promise<FastifyReply> => {
    const { rest, cut } = cutAnswers(bytes);
    const body = readObject(rest);
    const identity = identify(verifier, request, body);
    const host = identity === undefined ? undefined : await admit(identity);
    if (identity === undefined || host === undefined) return sendNodeInvalid(reply);
    saw(identity, now());
    await inRequestSpan(
      request,
      reply,
      { route: "/api/osquery/distributed/write", attributes: { [ATTRIBUTE.deviceId]: identity.deviceId } },
      async () => {
        try {
          await takeAnswers(host, readDistributedWrite(body, cut));
        } catch (error) {
          if (!(error instanceof MiscutError)) throw error;
          await takeAnswers(host, readDistributedWrite(readObject(bytes.toString())));
        }
      },
    );
    return sendJson(reply, DONE);
  };

  door.register((inner, _options, done) => {
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser("*", (request, payload, parsed) => {
      bodies.read(payload, Number(request.headers["content-length"] ?? 0), ANSWERS_LIMIT, parsed);
    });
    post(inner, "distributed/write", { bodyLimit: ANSWERS_LIMIT }, async (request, reply) => {
      const body = request.body as Body | undefined;
      if (body === undefined) return answer(request, reply, Buffer.alloc(0));
      try {
        return await answer(request, reply, body.bytes);
      } finally {
        bodies.giveBack(body);
      }
    });
    done();
  });
}

function readObject(json: string) {
  if (json === "") return {};
  try {
    return objectOf(JSON.parse(json));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Refusal("http.malformed_json", "invalid", "the body is not JSON", { cause });
  }
}
