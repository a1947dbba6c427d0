import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { HttpDoor } from "@muster/host/http-door";

const ASSETS = join(import.meta.dirname, "assets");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

// Everything comes from here, nothing is written into the page by others' text, and nobody frames it.
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  // The page is small and local; a stale script beside a new one would be worse than the request.
  "cache-control": "no-cache",
};

export interface PageOptions {
  readonly publicDeviceUrl: URL;
}

/** The addresses inside the page; the browser's history knows them, so each has to open by itself. */
const PLACES = [
  "/",
  "/sign-in",
  "/devices",
  "/devices/:id",
  "/query",
  "/policies",
  "/policies/:id",
  "/webhooks",
  "/enroll",
  "/activity",
];

/** Serves the page: a few static files, read once. */
export async function offerPage(door: HttpDoor, { publicDeviceUrl }: PageOptions): Promise<void> {
  for (const file of await readdir(ASSETS)) {
    const content = await readFile(join(ASSETS, file));
    const type = TYPES[extname(file)];
    if (type === undefined) throw new Error(`what type is ${file}?`);
    for (const path of file === "index.html" ? PLACES : [`/assets/${file}`]) {
      door.get(path, (_request, reply) => reply.headers(HEADERS).type(type).send(content));
    }
  }
  door.get("/assets/settings.json", (_request, reply) =>
    reply.headers(HEADERS).type("application/json").send({ deviceUrl: publicDeviceUrl.origin }),
  );
}
