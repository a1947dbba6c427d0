import type { NodeKeyVerifier } from "@muster/device-identity/node-key";
import type { HttpDoor } from "@muster/host/http-door";
import { metrics } from "@muster/host/telemetry";
import type { FastifyReply } from "fastify";
import type { AdmitHost } from "../usecases/admit-host.ts";
import type { HostConfigs } from "../usecases/host-config.ts";
import type { SawDevice } from "../usecases/keep-presence.ts";
import type { ReadWork, Work } from "../usecases/read-work.ts";
import { bodyOf, identify, sendJson, sendNodeInvalid } from "./identify.ts";
import { post } from "./paths.ts";

export interface DistributedDependencies {
  readonly verifier: NodeKeyVerifier;
  readonly readWork: ReadWork;
  readonly admit: AdmitHost;
  readonly configs: HostConfigs;
  readonly saw: SawDevice;
  readonly now: () => Date;
}

const NOTHING = '{"queries":{},"node_invalid":false}';

/** config and distributed/read: what every host asks again and again. */
export function offerDistributed(door: HttpDoor, deps: DistributedDependencies): void {
  const { verifier, readWork, admit, configs, saw, now } = deps;
  const reads = metrics
    .getMeter("muster")
    .createCounter("muster.inventory.reads", { unit: "{read}", description: "Polls for questions by outcome" });
  const [EMPTY, FULL, REFUSED] = [{ outcome: "empty" }, { outcome: "work" }, { outcome: "refused" }];

  const answer = (reply: FastifyReply, work: Work): FastifyReply => {
    if (work === "nothing") {
      reads.add(1, EMPTY);
      return sendJson(reply, NOTHING);
    }
    if (work === "refused") {
      reads.add(1, REFUSED);
      return sendNodeInvalid(reply);
    }
    reads.add(1, FULL);
    const { queries, discovery, accelerate } = work;
    return sendJson(
      reply,
      JSON.stringify({ queries, discovery, ...(accelerate > 0 && { accelerate }), node_invalid: false }),
    );
  };

  post(door, "distributed/read", {}, (request, reply) => {
    const identity = identify(verifier, request, bodyOf(request));
    if (identity === undefined) return answer(reply, "refused");
    const work = readWork(identity);
    // A poll that is answered from memory goes through no promise: it is what this service does most.
    if (work instanceof Promise) {
      return work.then((claimed) => {
        if (claimed !== "refused") saw(identity, now());
        return answer(reply, claimed);
      });
    }
    if (work !== "refused") saw(identity, now());
    return answer(reply, work);
  });

  post(door, "config", {}, async (request, reply) => {
    const body = bodyOf(request);
    const identity = identify(verifier, request, body);
    if (identity === undefined || (await admit(identity)) === undefined) return sendNodeInvalid(reply);
    saw(identity, now());
    const config = await configs.get(identity.tenant);
    return sendJson(reply, body["etag"] === config.etag ? '{"etag":"ok"}' : config.body);
  });
}
