import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Location } from "./location.ts";
import { type Asked, answer, LIMITS } from "./requests.ts";
import { INVALID, LOGIN_REQUIRED, type StoreError, TOKEN_EXPIRED, TOKEN_REVOKED } from "./store-error.ts";

interface Issued {
  readonly location: Location;
  readonly expiresAt: Date;
  revoked: boolean;
}

/** One request as it came, and how it was answered. */
export interface LedgerEntry {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly errorNumber: number;
}

/** Apple writes the offset from UTC without a colon. */
const appleTime = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, "+0000");

/** Apple's Apps and Books management API, version 2: locations, their tokens, and what programs ask of them. */
export class AppsAndBooksSimulator {
  readonly ledger: LedgerEntry[] = [];
  /** What befalls a request with a good token instead of its answer; it is asked each time. */
  befalls: (method: string, path: string) => StoreError | undefined = () => undefined;
  /** How many records one page has. */
  pageSize = 500;
  readonly #tokens = new Map<string, Issued>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mdm/v2`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  location(name: string): Location {
    return new Location(String(2_049_025_000_431_000 + this.#tokens.size), name);
  }

  /** A content manager downloads the location's token (.vpptoken). */
  download(location: Location, expiresAt: Date = new Date(Date.now() + 365 * 86_400_000)): string {
    const token = `${location.uId}-${this.#tokens.size}`;
    const content = JSON.stringify({ token, expDate: appleTime(expiresAt), orgName: "Acme" });
    const bearer = Buffer.from(content).toString("base64");
    this.#tokens.set(bearer, { location, expiresAt, revoked: false });
    return bearer;
  }

  revoke(bearer: string): void {
    const issued = this.#tokens.get(bearer);
    if (issued !== undefined) issued.revoked = true;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const url = new URL(request.url ?? "", this.url);
    const path = url.pathname.replace(/^\/mdm\/v2/, "");
    const method = request.method ?? "";
    const said = jsonIn(body);
    const told =
      said === undefined ? INVALID : this.#answer({ method, path, query: url.searchParams, body: said, request });
    const failed = isError(told);
    const status = failed ? told.status : 200;
    this.ledger.push({ method, path, body: said ?? {}, status, errorNumber: failed ? told.errorNumber : 0 });
    const retryAfter = failed ? told.retryAfter : undefined;
    response.writeHead(status, {
      "content-type": "application/json",
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    });
    response.end(JSON.stringify(failed ? { errorNumber: told.errorNumber, errorMessage: told.errorMessage } : told));
  }

  #answer(asked: Omit<Asked, "location" | "pageSize"> & { readonly request: IncomingMessage }) {
    const { method, path, request } = asked;
    if (path === "/service/config") return { limits: LIMITS, notificationTypes: ["ASSET_COUNT", "ASSET_MANAGEMENT"] };
    const [scheme, bearer = ""] = (request.headers.authorization ?? "").split(" ");
    const issued = scheme === "Bearer" ? this.#tokens.get(bearer) : undefined;
    if (issued === undefined) return LOGIN_REQUIRED;
    if (issued.revoked) return TOKEN_REVOKED;
    if (issued.expiresAt <= new Date()) return TOKEN_EXPIRED;
    const { expiresAt, location } = issued;
    location.passTime();
    const told = this.befalls(method, path) ?? answer({ ...asked, location, pageSize: this.pageSize });
    return isError(told)
      ? told
      : {
          ...told,
          uId: location.uId,
          tokenExpirationDate: appleTime(expiresAt),
          ...(location.mdmInfo && { mdmInfo: location.mdmInfo }),
        };
  }
}

const isError = (told: StoreError | Readonly<Record<string, unknown>>): told is StoreError => "errorNumber" in told;

function jsonIn(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
