import { status } from "@grpc/grpc-js";
import type { Note } from "@muster/host/telemetry";
import { ATTRIBUTE } from "@muster/host/telemetry-names";
import { failureOf } from "./status.ts";

/** Notes how a call ended, by gRPC's own name for it. */
export async function notingStatus<T>(note: Note, work: () => Promise<T>): Promise<T> {
  try {
    const answer = await work();
    note({ [ATTRIBUTE.rpcStatus]: "OK" });
    return answer;
  } catch (error) {
    note({ [ATTRIBUTE.rpcStatus]: status[failureOf(error).code] });
    throw error;
  }
}
