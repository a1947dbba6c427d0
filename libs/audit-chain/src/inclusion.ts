import type { CheckedLink, Fault } from "./chain-check.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { rootByPath } from "./merkle-tree.ts";
import { contentHash, recordHash } from "./record-hash.ts";

/** What is wrong with one record and its proof, without any other record; nothing when it stands in the checkpoint. */
export function checkInclusion(
  link: CheckedLink,
  checkpoint: Checkpoint | undefined,
  path: readonly string[],
): Fault | undefined {
  const fault = (kind: Fault["kind"], detail: string): Fault => ({ number: link.number, kind, detail });
  if (checkpoint === undefined) {
    return fault("signature", `the checkpoint of record ${link.number} is not signed by a known key`);
  }
  if (link.content !== undefined && contentHash(link.content) !== link.contentHash) {
    return fault("content", `the content of record ${link.number} was changed: it has another hash`);
  }
  if (recordHash(checkpoint.tenant, link) !== link.hash) {
    return fault("hash", `record ${link.number} was changed: what it says has another hash`);
  }
  const { first, number, root } = checkpoint;
  if (rootByPath(link.hash, link.number - first, number - first + 1, path) !== root) {
    return fault("checkpoint", `record ${link.number} does not stand in the checkpoint of ${first} to ${number}`);
  }
  return undefined;
}
