import { hash } from "node:crypto";
import type { NodeKeyVerifier } from "@muster/device-identity/node-key";
import type { HttpDoor } from "@muster/host/http-door";
import { inRequestSpan } from "@muster/host/request-span";
import { type CarveStart, readCarveStart } from "../domain/carve-start.ts";
import { refuse } from "../domain/refusals.ts";
import type { AdmitHost } from "../usecases/admit-host.ts";
import { ANSWERS_LIMIT } from "./answers-door.ts";
import { bodyOf, identify, sendJson, sendNodeInvalid } from "./identify.ts";
import { post } from "./paths.ts";

type Block = { readonly number: number; readonly content: Buffer };

export interface CarveDependencies {
  readonly verifier: NodeKeyVerifier;
  readonly admit: AdmitHost;
  readonly begin: (start: CarveStart) => Promise<void>;
  readonly take: (sessionHash: Buffer, block: Block) => Promise<void>;
  /** 32 random bytes, base64url: who knows it may send blocks. */
  readonly newSession: () => string;
}

// Only a digest is kept: who reads the table cannot send blocks.
const digest = (session: string): Buffer => hash("sha256", session, "buffer");

/** carve/begin and carve/block: files that a host sends because it was asked to. */
export function offerCarves(door: HttpDoor, deps: CarveDependencies): void {
  post(door, "carve/begin", {}, async (request, reply) => {
    const body = bodyOf(request);
    const identity = identify(deps.verifier, request, body);
    const host = identity && (await deps.admit(identity));
    if (host === undefined) return sendNodeInvalid(reply);
    const session = deps.newSession();
    const { tenant, deviceId } = host;
    await inRequestSpan(request, reply, { route: "/api/osquery/carve/begin" }, () =>
      deps.begin({ ...readCarveStart(body), tenant, deviceId, sessionHash: digest(session) }),
    );
    return sendJson(reply, JSON.stringify({ session_id: session, success: true }));
  });

  // osquery sends no node key with a block: the session is the proof.
  post(door, "carve/block", { bodyLimit: ANSWERS_LIMIT }, async (request, reply) => {
    const { session_id: session, block_id: id, data } = bodyOf(request);
    if (typeof session !== "string" || session.length > 100) {
      throw refuse("carve.unknown", "there is no carve open for this session");
    }
    if (typeof data !== "string") throw refuse("carve.bad_block", '"data" has to be base64');
    await inRequestSpan(request, reply, { route: "/api/osquery/carve/block" }, () =>
      deps.take(digest(session), { number: Number(id), content: Buffer.from(data, "base64") }),
    );
    return sendJson(reply, '{"success":true}');
  });
}
