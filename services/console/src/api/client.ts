import { createClient } from "@muster/api-client/client";
import { problemOf } from "@muster/api-client/problem";

/** Is told when the session is over, so that the person can sign in again. */
export const signedOut = new EventTarget();

async function asPerson(request: Request): Promise<Response> {
  const response = await fetch(request);
  if (response.status === 401) {
    const { code } = problemOf(
      401,
      await response
        .clone()
        .json()
        .catch(() => undefined),
    );
    if (code === "api.unauthenticated") signedOut.dispatchEvent(new Event("signed-out"));
  }
  return response;
}

/** The public API, asked as the person who is signed in. */
export const api = createClient({ url: "", fetch: asPerson });
