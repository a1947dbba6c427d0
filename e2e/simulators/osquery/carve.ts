import type { PendingCarve } from "./carver.ts";
import type { OsqueryDoor } from "./osquery-door.ts";
import type { OsquerySession } from "./osquery-session.ts";

/** osqueryd's own `carver_block_size`; the configuration cannot change it, only the flag file. */
const BLOCK_BYTES = 8192;

/** Sends an archive in blocks. Blocks carry no node key: the session id is what the server knows them by. */
export const sendCarve = async (
  session: OsquerySession,
  door: OsqueryDoor,
  { guid, requestId }: PendingCarve,
  content: Buffer,
): Promise<void> => {
  const blocks = Math.ceil(content.length / BLOCK_BYTES);
  const begun = await session.call("/carve/begin", {
    block_count: blocks,
    block_size: BLOCK_BYTES,
    carve_size: content.length,
    carve_id: guid,
    request_id: requestId,
  });
  const sessionId = begun.body["session_id"];
  if (typeof sessionId !== "string") throw new Error("carve/begin gave no session_id");
  for (let block = 0; block < blocks; block += 1) {
    const data = content.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES).toString("base64");
    const body = { block_id: block, session_id: sessionId, request_id: requestId, data };
    const answer = await door.post("/carve/block", body);
    if (answer.status >= 300) throw new Error(`carve/block ${block} answered ${answer.status}`);
  }
};
