import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { AutomatedProfile } from "../apple/enrollment/automated-enrollment.ts";
import { Arrivals } from "../arrivals.ts";
import { ActivationLocks } from "./activation-locks.ts";
import { DeviceTable, type Page, WordError } from "./device-table.ts";
import { OauthChecker, type TokenCredentials } from "./oauth-request.ts";
import { ProfileShelf } from "./profile-shelf.ts";
import { serverTokenFile } from "./token-file.ts";

/** One request as it came, and how it was answered. */
export interface AbmCall {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly status: number;
  readonly session: string;
}

/** Answered instead of what was asked for. */
export interface Trouble {
  readonly status: number;
  readonly body?: string;
  readonly retryAfter?: number;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AbmOptions {
  readonly serverName?: string;
  /** After so many answers within a session Apple gives it another name. */
  readonly rotateAfter?: number;
}

const JSON_TYPE = "application/json;charset=UTF8";
const LARGEST_PAGE = 1_000;

const STATUSES: Readonly<Record<string, number>> = { NOT_FOUND: 404, APPLE_SEED_FOR_IT_TURNED_OFF: 403 };

/** A server that speaks an earlier version is not told until when devices have to come. */
function withoutDeadlines(answer: object): object {
  if (!("devices" in answer) || !Array.isArray(answer.devices)) return answer;
  const devices = answer.devices as Page["devices"];
  return { ...answer, devices: devices.map(({ mdm_migration_deadline: _deadline, ...device }) => device) };
}

/** Apple's device-enrollment API for one device management service of an organisation, with the web page's doings as methods. */
export class SimulatedAbm {
  readonly devices = new DeviceTable();
  readonly profiles = new ProfileShelf(this.devices);
  readonly locks = new ActivationLocks(this.devices);
  /** Where devices are sent by an account whose domain does not say it. */
  discoveryUrl = "";
  /** Nothing when the organisation has turned beta programs off. */
  betaTokens: readonly { readonly title: string; readonly os: string; readonly token: string }[] | undefined = [];
  readonly calls = new Arrivals<AbmCall>();
  readonly uuid = randomUUID().toUpperCase();
  readonly name: string;
  /** Whether somebody has agreed to the newest terms. */
  termsSigned = true;
  /** How many devices a page has at most, whatever is asked for. */
  largestPage = LARGEST_PAGE;
  readonly #rotateAfter: number;
  #credentials: TokenCredentials | undefined;
  #oauth: OauthChecker | undefined;
  #session = "";
  #answers = 0;
  #lostSession: "unauthorized" | "forbidden" = "unauthorized";
  readonly #troubles: { readonly path: string; readonly trouble: Trouble }[] = [];
  readonly #server = createServer((request, response) => void this.#handle(request, response));

  constructor({ rotateAfter = 3, serverName = "Acme MDM" }: AbmOptions = {}) {
    this.#rotateAfter = rotateAfter;
    this.name = serverName;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The administrator uploads a public key and downloads a token; the token before ends. */
  downloadToken(publicKeyPem: string, expires = new Date(Date.now() + 365 * 86_400_000)): Buffer {
    const secret = (prefix: string): string => `${prefix}_${randomBytes(20).toString("hex")}`;
    this.#credentials = {
      consumerKey: secret("CK"),
      // Secrets with letters that have to be encoded.
      consumerSecret: `${secret("CS")}+/=`,
      accessToken: secret("AT"),
      accessSecret: `${secret("AS")}~ *`,
    };
    this.#oauth = new OauthChecker(this.#credentials);
    this.#session = "";
    return serverTokenFile(publicKeyPem, this.#credentials, expires);
  }

  /** The administrator ends the token without making another. */
  revokeToken(): void {
    this.#oauth = undefined;
    this.#session = "";
  }

  /** No session that is open is good any more; Apple says so with 401, or with 403 and a word. */
  endSession(how: "unauthorized" | "forbidden"): void {
    this.#session = "";
    this.#lostSession = how;
  }

  /** The next request to the path goes wrong. */
  trouble(path: string, ...troubles: readonly Trouble[]): void {
    for (const trouble of troubles) this.#troubles.push({ path, trouble });
  }

  /** What Apple tells a device of this serial number at its first start; nothing when it starts like anybody's. */
  activate(serialNumber: string): AutomatedProfile | undefined {
    const profile = this.profiles.ofDevice(serialNumber);
    if (profile === undefined) return undefined;
    const web = profile["configuration_web_url"];
    return {
      url: String(profile["url"]),
      ...(typeof web === "string" && { configurationWebUrl: web }),
      supervised: profile["is_supervised"] === true,
      awaitDeviceConfigured: profile["await_device_configured"] === true,
      sharedIpad: profile["is_multi_user"] === true,
    };
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await buffer(request);
    const url = new URL(request.url ?? "/", this.url);
    const session = String(request.headers["x-adm-auth-session"] ?? "");
    const body = raw.length === 0 ? {} : (JSON.parse(raw.toString()) as Record<string, unknown>);
    const { headers = {}, status, body: answer } = this.#answer(request, url, session, body);
    this.calls.add({ method: request.method ?? "", path: url.pathname, body, status, session });
    response.writeHead(status, { "content-type": JSON_TYPE, ...headers });
    response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  }

  #answer(request: IncomingMessage, url: URL, session: string, body: Record<string, unknown>): Reply {
    const planned = this.#troubles.findIndex(({ path }) => path === url.pathname);
    if (planned >= 0) {
      const [{ trouble } = { trouble: { status: 500 } as Trouble }] = this.#troubles.splice(planned, 1);
      const headers = trouble.retryAfter === undefined ? {} : { "retry-after": String(trouble.retryAfter) };
      return { status: trouble.status, body: trouble.body ?? "", headers };
    }
    if (!this.termsSigned) return { status: 403, body: '"T_C_NOT_SIGNED"' };
    if (url.pathname === "/session") return this.#open(request, url);
    if (this.#session === "" || session !== this.#session)
      return this.#lostSession === "unauthorized" ? { status: 401, body: "" } : { status: 403, body: '"FORBIDDEN"' };
    const version = String(request.headers["x-server-protocol-version"] ?? "");
    if (!/^\d+$/.test(version)) return { status: 400, body: "" };
    const headers = this.#rotate();
    try {
      const done = this.#do(request.method ?? "", url, body);
      return { status: 200, body: Number(version) < 8 ? withoutDeadlines(done) : done, headers };
    } catch (error) {
      if (!(error instanceof WordError)) throw error;
      return { status: STATUSES[error.message] ?? 400, body: JSON.stringify(error.message), headers };
    }
  }

  #open(request: IncomingMessage, url: URL): Reply {
    if (request.headers["content-type"] !== JSON_TYPE) return { status: 400, body: "" };
    const header = request.headers.authorization ?? "";
    const verdict = this.#oauth?.check("GET", `${url.origin}${url.pathname}`, header) ?? "refused";
    if (verdict === "malformed") return { status: 400, body: "" };
    if (verdict === "refused") return { status: 401, body: "oauth_problem_adm=token_rejected" };
    this.#session = randomBytes(16).toString("hex");
    this.#answers = 0;
    return { status: 200, body: { auth_session_token: this.#session } };
  }

  /** Another name for the session, now and then; the one before is good no more. */
  #rotate(): Record<string, string> {
    this.#answers += 1;
    if (this.#answers % this.#rotateAfter !== 0) return {};
    this.#session = randomBytes(16).toString("hex");
    return { "x-adm-auth-session": this.#session };
  }

  #do(method: string, url: URL, body: Record<string, unknown>): object {
    const limit = Math.min(Number(body["limit"] ?? 100), this.largestPage);
    const cursor = body["cursor"] as string | undefined;
    const serials = (body["devices"] ?? []) as string[];
    switch (`${method} ${url.pathname}`) {
      case "GET /account":
        return { server_name: this.name, server_uuid: this.uuid, org_name: "Acme", org_type: "org", admin_id: "ada" };
      case "POST /server/devices":
        return this.devices.fetch(cursor, limit);
      case "POST /devices/sync":
        return this.devices.sync(cursor, limit);
      case "POST /profile":
        return this.profiles.define(body);
      case "GET /profile":
        return this.profiles.get(url.searchParams.get("profile_uuid") ?? "");
      case "PUT /profile/devices":
      case "POST /profile/devices":
        return this.profiles.assign(String(body["profile_uuid"]), serials);
      case "DELETE /profile/devices":
        return this.profiles.assign(undefined, serials);
      case "POST /devices/disown":
        return this.devices.disown(serials);
      case "POST /device/activationlock":
        return this.locks.lock(body);
      case "GET /os-beta-enrollment/tokens":
        if (this.betaTokens === undefined) throw new WordError("APPLE_SEED_FOR_IT_TURNED_OFF");
        return { betaEnrollmentTokens: this.betaTokens, seedBuildTokens: [] };
      case "POST /account-driven-enrollment/profile":
        this.discoveryUrl = String(body["mdm_service_discovery_url"]);
        if (!this.discoveryUrl.startsWith("https://")) throw new WordError("INVALID_MDM_SERVICE_DISCOVERY_URL");
        return {};
      default:
        throw new WordError("NOT_FOUND");
    }
  }
}
