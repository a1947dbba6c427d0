import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { HttpDoor } from "@muster/host/http-door";
import type { Logger } from "@muster/host/logging";
import type { FastifyReply, FastifyRequest } from "fastify";

const CONSOLE = join(import.meta.dirname, "../../../console/dist");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

// Everything comes from here, nothing is written into the page by others' text, and nobody frames it.
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

/** The name of a file in assets/ holds the hash of what is in it: what it holds never changes. */
const FOREVER = "public, max-age=31536000, immutable";
/** What keeps its name is asked for each time: it says which assets belong together. */
const EACH_TIME = "no-cache";

export interface PageOptions {
  readonly publicDeviceUrl: URL;
  readonly log: Logger;
}

interface StaticFile {
  readonly type: string;
  readonly cacheControl: string;
  readonly content: Buffer;
  /** Left out where packing saves nothing. */
  readonly packed?: Buffer;
}

/** Serves the console's files, read once, and its page at each of its addresses: it knows itself what they show. */
export async function offerPage(door: HttpDoor, { publicDeviceUrl, log }: PageOptions): Promise<void> {
  const files = await readFiles();
  const index = files.get("/index.html");
  if (index === undefined) log.warn("the console is not built: only the API is served");
  for (const [path, file] of files) door.get(path, (request, reply) => send(request, reply, file));
  door.get("/console-settings.json", (_request, reply) =>
    reply.headers({ ...HEADERS, "cache-control": EACH_TIME }).send({ deviceUrl: publicDeviceUrl.origin }),
  );
  if (index === undefined) return;
  door.get("/*", (request, reply) => {
    const isPlace = !request.url.startsWith("/api/") && request.headers.accept?.includes("text/html");
    return isPlace ? send(request, reply, index) : reply.callNotFound();
  });
}

function send(request: FastifyRequest, reply: FastifyReply, { type, cacheControl, content, packed }: StaticFile) {
  reply.headers({ ...HEADERS, "cache-control": cacheControl, vary: "accept-encoding" }).type(type);
  const takesPacked = request.headers["accept-encoding"]?.includes("gzip");
  return packed !== undefined && takesPacked
    ? reply.header("content-encoding", "gzip").send(packed)
    : reply.send(content);
}

async function readFiles(): Promise<ReadonlyMap<string, StaticFile>> {
  const entries = await readdir(CONSOLE, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map(async ({ parentPath, name }) => {
      const content = await readFile(join(parentPath, name));
      const packed = gzipSync(content);
      const path = join(parentPath, name).slice(CONSOLE.length);
      return [
        path,
        {
          type: TYPES[extname(name)] ?? "",
          cacheControl: path.startsWith("/assets/") ? FOREVER : EACH_TIME,
          content,
          ...(packed.length < content.length && { packed }),
        },
      ] as const;
    });
  return new Map(await Promise.all(files));
}
