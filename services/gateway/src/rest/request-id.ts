import { randomUUID } from "node:crypto";
import type { HttpDoor } from "@muster/host/http-door";

const FORM = /^[\w.:-]{1,100}$/;

/** Gives every answer an X-Request-Id, the caller's own when it sent a decent one. */
export function nameRequests(door: HttpDoor): void {
  door.addHook("onRequest", async (request, reply) => {
    const given = request.headers["x-request-id"];
    reply.header("x-request-id", typeof given === "string" && FORM.test(given) ? given : randomUUID());
  });
}
