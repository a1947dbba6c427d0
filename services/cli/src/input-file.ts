import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { usage } from "./failure.ts";

/** What a file holds that a person named; `-` is what is piped in. */
export const readInput = (path: string): Promise<Buffer> =>
  // Not /dev/stdin: it cannot be opened where it is a socket, as it is for what a Node.js program starts.
  (path === "-" ? buffer(process.stdin) : readFile(path)).catch((cause: Error) => {
    throw usage(`${path} cannot be read: ${cause.message}`);
  });
