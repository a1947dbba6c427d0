import { HTTP_STATUS } from "@muster/host/http-status";
import type { Refusal } from "@muster/host/refusal";
import { currentTrace, currentTraceId } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../domain/principal.ts";
import type { Ended } from "../rest/action-log.ts";
import { askedAction } from "../rest/asked-action.ts";
import type { RecordParts } from "../rest/route-record.ts";
import type { SignInOutcome } from "../usecases/sign-in.ts";

type SignInAction = "session.sign_in" | "session.sign_out";
type RefusedSignIn = Extract<SignInOutcome, { readonly refusal: Refusal }>;

const DONE: Ended = { status: 200, code: "", after: undefined, alsoRefused: 0 };

/** Tells the platform who came in, who was refused, and who went. */
export class SignInRecord {
  readonly #parts: RecordParts;

  constructor(parts: RecordParts) {
    this.#parts = parts;
  }

  /** Fails when it cannot be told: then nobody may be let in. */
  async signedIn(request: FastifyRequest, reply: FastifyReply, principal: Principal): Promise<void> {
    await this.#parts.actions.endOrRefuse(this.#asked(request, reply, principal, "session.sign_in"), DONE);
  }

  async signedOut(request: FastifyRequest, reply: FastifyReply, principal: Principal): Promise<void> {
    await this.#parts.actions.end(this.#asked(request, reply, principal, "session.sign_out"), DONE);
  }

  async refused(request: FastifyRequest, reply: FastifyReply, { claimed, refusal }: RefusedSignIn): Promise<void> {
    const { actions, admission, now, refusals } = this.#parts;
    const alsoRefused = refusals.take(`${admission.remoteAddress(request)} ${refusal.code}`, now());
    if (alsoRefused === undefined) return;
    const ended = { status: HTTP_STATUS[refusal.kind], code: refusal.code, after: undefined, alsoRefused };
    await actions.end(this.#asked(request, reply, claimed, "session.sign_in"), ended);
  }

  #asked(request: FastifyRequest, reply: FastifyReply, principal: Principal | undefined, action: SignInAction) {
    return askedAction({
      request,
      reply,
      principal,
      admission: this.#parts.admission,
      action,
      method: action,
      trace: currentTrace(),
      traceId: currentTraceId(),
    });
  }
}
