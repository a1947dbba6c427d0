import type { OsqueryDoor } from "./osquery-door.ts";
import type { OsquerySession } from "./osquery-session.ts";

/** The block size that osquery's documentation recommends for TLS servers. */
const BLOCK_BYTES = 300_000;

export interface Carve {
  readonly content: Buffer;
  readonly requestId: string;
  readonly carveId: string;
}

/** Sends a file in blocks. Blocks carry no node key: the session id is what the server knows them by. */
export const carveFile = async (session: OsquerySession, door: OsqueryDoor, carve: Carve): Promise<string> => {
  const blocks = Math.ceil(carve.content.length / BLOCK_BYTES);
  const begun = await session.call("/carve/begin", {
    block_count: blocks,
    block_size: BLOCK_BYTES,
    carve_size: carve.content.length,
    carve_id: carve.carveId,
    request_id: carve.requestId,
  });
  const sessionId = begun.body["session_id"];
  if (typeof sessionId !== "string") throw new Error("carve/begin gave no session_id");
  for (let block = 0; block < blocks; block += 1) {
    const data = carve.content.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES).toString("base64");
    const body = { block_id: block, session_id: sessionId, request_id: carve.requestId, data };
    const answer = await door.post("/carve/block", body);
    if (answer.status >= 300) throw new Error(`carve/block ${block} answered ${answer.status}`);
  }
  return sessionId;
};
