import type { HttpDoor } from "@muster/host/http-door";
import type { JSONWebKeySet } from "jose";
import { POLL, PUSH } from "../domain/signals/stream-draft.ts";
import { SCOPES } from "../usecases/signals/admit-receiver.ts";

export interface DiscoveryDeps {
  readonly issuerOf: (tenant: string) => string;
  readonly jwks: JSONWebKeySet;
}

type OfTenant = { Params: { tenant: string } };

/** What a receiver finds out by itself: SSF 1.0 §7, RFC 8414, RFC 7517. */
export function openDiscoveryDoor(door: HttpDoor, { issuerOf, jwks }: DiscoveryDeps): void {
  door.get<OfTenant>("/.well-known/ssf-configuration/ssf/:tenant", (request) => {
    const issuer = issuerOf(request.params.tenant);
    return {
      spec_version: "1_0",
      issuer,
      jwks_uri: `${issuer}/jwks.json`,
      delivery_methods_supported: [PUSH, POLL],
      configuration_endpoint: `${issuer}/stream`,
      status_endpoint: `${issuer}/status`,
      add_subject_endpoint: `${issuer}/subjects/add`,
      remove_subject_endpoint: `${issuer}/subjects/remove`,
      verification_endpoint: `${issuer}/verify`,
      critical_subject_members: ["device", "tenant", "user"],
      authorization_schemes: [{ spec_urn: "urn:ietf:rfc:6749" }],
      default_subjects: "ALL",
    };
  });
  door.get<OfTenant>("/.well-known/oauth-authorization-server/ssf/:tenant", (request) => {
    const issuer = issuerOf(request.params.tenant);
    return {
      issuer,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks.json`,
      scopes_supported: SCOPES,
      response_types_supported: ["none"],
      grant_types_supported: ["client_credentials"],
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    };
  });
  door.get<OfTenant>("/ssf/:tenant/jwks.json", (_request, reply) =>
    reply.header("cache-control", "public, max-age=300").send(jwks),
  );
}
