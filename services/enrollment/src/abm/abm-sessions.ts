import type { ServerToken } from "../domain/automated/automated-server.ts";
import { type AbmAnswer, type AbmRequest, type CallDeps, exchange, untilAnswered } from "./abm-call.ts";
import { objectIn, requiredText } from "./abm-json.ts";
import { problemIn } from "./abm-problems.ts";
import { oauthHeader } from "./oauth-header.ts";

export interface SessionDeps extends CallDeps {
  /** Where the API is. */
  readonly origin: string;
  readonly nonce: () => string;
}

/** Of the version that our reading of the API follows. */
const PROTOCOL_VERSION = "8";
const SESSION_HEADER = "x-adm-auth-session";
const JSON_TYPE = "application/json;charset=UTF8";

/** The sessions of this process, each used until Apple ends it. */
export class AbmSessions {
  readonly #deps: SessionDeps;
  readonly #sessions = new Map<string, string>();

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  /** Asks within the server's session, and once more in a new one when that has ended. Throws AbmError. */
  async ask(key: string, token: ServerToken, request: AbmRequest): Promise<AbmAnswer> {
    const known = this.#sessions.get(key);
    const answer = await this.#send(key, known ?? (await this.#open(key, token)), request);
    if (!isSessionOver(answer)) return answer;
    return this.#send(key, await this.#open(key, token), request);
  }

  forget(key: string): void {
    this.#sessions.delete(key);
  }

  async #open(key: string, token: ServerToken): Promise<string> {
    this.#sessions.delete(key);
    const url = new URL("/session", this.#deps.origin);
    const answer = await untilAnswered(() => {
      const { nonce, now } = this.#deps;
      const authorization = oauthHeader("GET", url, token, { nonce: nonce(), now: now() });
      return exchange(url, { method: "GET", headers: { authorization, "content-type": JSON_TYPE, ...COMMON } });
    }, this.#deps);
    if (answer.status !== 200) throw problemIn(answer.status === 400 ? { ...answer, status: 401 } : answer);
    const session = requiredText(objectIn(answer.text), "auth_session_token");
    this.#sessions.set(key, session);
    return session;
  }

  async #send(key: string, session: string, { body, method, path }: AbmRequest): Promise<AbmAnswer> {
    const headers = { ...COMMON, "content-type": JSON_TYPE, [SESSION_HEADER]: session };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await untilAnswered(() => exchange(new URL(path, this.#deps.origin), init), this.#deps);
    const next = answer.headers.get(SESSION_HEADER);
    if (next !== null && next !== "") this.#sessions.set(key, next);
    return answer;
  }
}

const COMMON = { "user-agent": "muster/1", "x-server-protocol-version": PROTOCOL_VERSION };

/** What is forbidden for another reason has a word of its own. */
const isSessionOver = ({ status, text }: AbmAnswer): boolean =>
  status === 401 || (status === 403 && text.includes("FORBIDDEN"));
