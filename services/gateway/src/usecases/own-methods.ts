import type { ClientOf } from "@muster/rpc/client";
import type { Principal } from "../domain/principal.ts";

/** A gRPC service as the gateway answers it itself: with the caller as proved here, its rights included. */
export type OwnMethods<Service> = {
  [K in keyof ClientOf<Service>]: ClientOf<Service>[K] extends (
    request: infer Request,
    ...others: never[]
  ) => infer Answer
    ? Answer extends AsyncIterable<infer Item>
      ? (request: Request, principal: Principal, signal: AbortSignal) => AsyncIterable<Item>
      : (request: Request, principal: Principal) => Answer
    : never;
};
