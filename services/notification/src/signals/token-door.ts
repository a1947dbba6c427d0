import type { HttpDoor } from "@muster/host/http-door";
import { issueToken, SCOPES, type Scope, TOKEN_SECONDS } from "../usecases/signals/admit-receiver.ts";
import type { SignalDeps } from "../usecases/signals/ports.ts";

/** A no of RFC 6749 §5.2. */
class TokenError extends Error {
  override readonly name = "TokenError";
  readonly code: string;
  constructor(
    code: "invalid_client" | "invalid_request" | "invalid_scope" | "unsupported_grant_type",
    message: string,
  ) {
    super(message);
    this.code = code;
  }
}

/** The OAuth 2.0 token endpoint: client credentials (RFC 6749 §4.4), by basic authentication or in the form. */
export function openTokenDoor(door: HttpDoor, deps: SignalDeps): void {
  door.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) => {
    done(null, new URLSearchParams(String(body)));
  });
  door.post<{ Params: { tenant: string } }>("/ssf/:tenant/token", async (request, reply) => {
    reply.header("cache-control", "no-store");
    try {
      const { body } = request;
      if (!(body instanceof URLSearchParams))
        throw new TokenError("invalid_request", "the body is a form (RFC 6749 §4.4.2)");
      const asked = body.get("grant_type");
      if (asked !== "client_credentials")
        throw new TokenError("unsupported_grant_type", "the grant is client_credentials");
      const client = clientIn(request.headers.authorization, body);
      const scopes = scopesIn(body.get("scope"));
      const token = await issueToken(deps, request.params.tenant, { ...client, scopes });
      if (token === undefined) throw new TokenError("invalid_client", "there is no receiver with this id and secret");
      return await reply.send({
        access_token: token,
        token_type: "Bearer",
        expires_in: TOKEN_SECONDS,
        scope: scopes.join(" "),
      });
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      if (error.code === "invalid_client") reply.code(401).header("www-authenticate", 'Basic realm="ssf"');
      else reply.code(400);
      return reply.send({ error: error.code, error_description: error.message });
    }
  });
}

function clientIn(authorization: string | undefined, form: URLSearchParams): { id: string; secret: string } {
  if (authorization === undefined) return { id: form.get("client_id") ?? "", secret: form.get("client_secret") ?? "" };
  const [, encoded] = /^basic ([a-z0-9+/=]+)$/i.exec(authorization) ?? [];
  const [id = "", ...rest] = Buffer.from(encoded ?? "", "base64")
    .toString()
    .split(":");
  return { id: formDecoded(id), secret: formDecoded(rest.join(":")) };
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they are joined. */
const formDecoded = (text: string): string => new URLSearchParams(`v=${text.replaceAll("&", "%26")}`).get("v") ?? "";

function scopesIn(asked: string | null): readonly Scope[] {
  const names = (asked ?? "").split(" ").filter((name) => name !== "");
  if (names.length === 0) return SCOPES;
  const known = SCOPES.filter((scope) => names.includes(scope));
  if (known.length < new Set(names).size) throw new TokenError("invalid_scope", `scopes are ${SCOPES.join(" and ")}`);
  return known;
}
