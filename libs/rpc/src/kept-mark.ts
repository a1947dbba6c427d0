import { Metadata } from "@grpc/grpc-js";
import { textOf } from "./caller.ts";

const KEPT = "muster-trace-kept";

/** Says behind an answer that its trace is kept here, so that the caller keeps its own part of it. */
export function keptMark(): Metadata {
  const metadata = new Metadata();
  metadata.set(KEPT, "1");
  return metadata;
}

export const saysKept = (metadata: Metadata): boolean => textOf(metadata, KEPT) === "1";
