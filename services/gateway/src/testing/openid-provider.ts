import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { Provider } from "oidc-provider";

export interface TestProvider {
  readonly issuer: string;
  /** What it says of its people, by subject. */
  readonly people: Map<string, Readonly<Record<string, unknown>>>;
  /** Who types name and password there. */
  signsIn: string;
  /** How often somebody had to. */
  readonly typed: () => number;
  /** Signs with a new key from now on; a forger's is one that it does not publish. */
  rotateKeys(published?: "published" | "forged"): Promise<void>;
  stop(): Promise<void>;
}

export const CLIENT = { id: "muster", secret: "the-secret-of-muster-at-the-provider" };

/** A certified OpenID provider (oidc-provider) with people of the test's own, who sign in without a page. */
export async function startTestProvider(origin: string): Promise<TestProvider> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const people: TestProvider["people"] = new Map();
  let typed = 0;
  let provider = providerWith(issuer, origin, people, await newKey());
  let published: JWK | undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === "/jwks" && published !== undefined) {
      response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [published] }));
    } else if (request.url?.startsWith("/interaction/")) {
      typed++;
      await provider.interactionFinished(request, response, { login: { accountId: test.signsIn } });
    } else await provider.callback()(request, response);
  };
  server.on("request", (request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });

  const test: TestProvider = {
    issuer,
    people,
    signsIn: "",
    typed: () => typed,
    rotateKeys: async (which = "published") => {
      const key = await newKey();
      provider = providerWith(issuer, origin, people, key);
      published = which === "published" ? undefined : publicPart({ ...(await newKey()), kid: key.kid as string });
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return test;
}

let keys = 0;

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: `key-${++keys}`, use: "sig", alg: "RS256" };
}

const publicPart = ({ alg, e, kid, kty, n, use }: JWK): JWK => ({ alg, e, kid, kty, n, use }) as JWK;

function providerWith(issuer: string, origin: string, people: TestProvider["people"], key: JWK): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${origin}/api/v1/sign-in/callback`],
        post_logout_redirect_uris: [`${origin}/`],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ["a key only for tests"] },
    pkce: { required: () => true },
    claims: { openid: ["sub", "groups"], email: ["email", "email_verified"], profile: ["name"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...people.get(sub), sub }) }),
    // Nobody is asked whether they agree.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        accountId: oidc.session?.accountId as string,
        clientId: oidc.client?.clientId as string,
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
}
