import type { Server } from "./server.ts";
import { asReenroll, ReenrollNeeded } from "./server-error.ts";

/** Posts to an osquery endpoint; rejects with ReenrollNeeded when the node key is not good any more. */
export type OsqueryPost = (path: string, body: object) => Promise<unknown>;

export const osqueryPost =
  (server: Server, nodeKey: string, signal: AbortSignal): OsqueryPost =>
  async (path, body) => {
    try {
      const answer = await server.post(path, { node_key: nodeKey, ...body }, { signal, nodeKey });
      // osquery's protocol says so with status 200.
      if ((answer as { node_invalid?: boolean }).node_invalid === true) throw new ReenrollNeeded();
      return answer;
    } catch (error) {
      throw asReenroll(error);
    }
  };
