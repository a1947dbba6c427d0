import { parseQueryName } from "./query-name.ts";
import { refuse } from "./refusals.ts";

export interface CarveStartRequest {
  /** The carve that the request id names; osquery before 4.7 sends the name of the question as that. */
  readonly carveId: string | undefined;
  /** How the host calls its carve. */
  readonly guid: string;
  readonly sizeBytes: number;
  readonly blockSize: number;
  readonly blocks: number;
}

export interface CarveStart extends CarveStartRequest {
  readonly tenant: string;
  readonly deviceId: string;
  readonly sessionHash: Buffer;
}

/** Blocks come base64-encoded in JSON; with a larger block the body would be over the door's limit. */
const MAX_BLOCK_BYTES = 8 * 1024 * 1024;

/** Reads the body of carve/begin: its numbers have to fit together. */
export function readCarveStart(body: Readonly<Record<string, unknown>>): CarveStartRequest {
  const [blocks, blockSize, sizeBytes] = [body["block_count"], body["block_size"], body["carve_size"]].map(Number);
  const requestId = body["request_id"];
  const name = typeof requestId === "string" ? parseQueryName(requestId) : undefined;
  if (!whole(sizeBytes) || !whole(blockSize) || !whole(blocks)) {
    throw refuse("carve.bad_block", "block_count, block_size and carve_size are whole numbers above 0");
  }
  if (blockSize > MAX_BLOCK_BYTES) throw refuse("carve.bad_block", `a block has at most ${MAX_BLOCK_BYTES} bytes`);
  if (Math.ceil(sizeBytes / blockSize) !== blocks) {
    throw refuse("carve.bad_block", "block_count is not carve_size divided by block_size");
  }
  const guid = body["carve_id"];
  return {
    carveId: name?.kind === "carve" ? name.id : undefined,
    guid: typeof guid === "string" ? guid : "",
    sizeBytes,
    blockSize,
    blocks,
  };
}

const whole = (value: number | undefined): value is number => Number.isSafeInteger(value) && (value ?? 0) > 0;
