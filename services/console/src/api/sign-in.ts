import { Problem, problemOf } from "@muster/api-client/problem";
import type { Caller } from "./types.ts";

/** How somebody can sign in who is nobody yet: what a browser asks beside the public API. */
async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, { credentials: "same-origin", ...init }).catch((cause: unknown) => {
    throw new Problem(0, "client.unreachable", "The platform cannot be reached.", { cause });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw problemOf(response.status, body);
  return body as T;
}

const change = (body: object): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", "x-muster-csrf": "1" },
  body: JSON.stringify(body),
});

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Of a second factor; empty where none is asked for. */
  readonly code: string;
}

export const signIn = (credentials: Credentials): Promise<Caller> => ask("/api/v1/sign-in", change(credentials));

/** Ends the session; the provider's own may have to be ended there. */
export const signOut = (): Promise<{ readonly providerSignOutUrl?: string }> => ask("/api/v1/sign-out", change({}));

export interface Provider {
  readonly id: string;
  readonly name: string;
}

export const providersOf = (tenant: string): Promise<{ readonly providers: readonly Provider[] }> =>
  ask(`/api/v1/sign-in/providers?${new URLSearchParams({ tenant })}`);

/** What the gateway tells every page before anybody signed in. */
export const consoleSettings = (): Promise<{ readonly deviceUrl: string }> => ask("/console-settings.json");
