import type { ServerToken } from "../domain/automated/automated-server.ts";
import type { AbmServer, OpenAbm } from "../usecases/automated/ports.ts";
import type { AbmRequest } from "./abm-call.ts";
import { readAccount, readAnswers, readBetaTokens, readLockResult, readPage, readProfileUuid } from "./abm-json.ts";
import { problemIn } from "./abm-problems.ts";
import { AbmSessions, type SessionDeps } from "./abm-sessions.ts";
import { profileJson } from "./profile-json.ts";

/** How many devices Apple gives in one page at most. */
const PAGE = 1_000;

/** Apple's device-enrollment API. */
export function abmClient(deps: SessionDeps): OpenAbm {
  const sessions = new AbmSessions(deps);
  return (key, token) => abmServer(sessions, key, token);
}

function abmServer(sessions: AbmSessions, key: string, token: ServerToken): AbmServer {
  const ask = async (request: AbmRequest): Promise<string> => {
    const answer = await sessions.ask(key, token, request);
    if (answer.status >= 200 && answer.status < 300) return answer.text;
    const problem = problemIn(answer);
    if (problem.problem === "token_refused") sessions.forget(key);
    throw problem;
  };
  return {
    account: async () => readAccount(await ask({ method: "GET", path: "/account" })),

    fetchDevices: async (cursor) => {
      const body = { limit: PAGE, ...(cursor !== "" && { cursor }) };
      return readPage(await ask({ method: "POST", path: "/server/devices", body }));
    },

    syncDevices: async (cursor) =>
      readPage(await ask({ method: "POST", path: "/devices/sync", body: { cursor, limit: PAGE } })),

    defineProfile: async (profile, url) =>
      readProfileUuid(await ask({ method: "POST", path: "/profile", body: profileJson(profile, url) })),

    assignProfile: async (profileUuid, serialNumbers) => {
      const devices = [...serialNumbers];
      const request: AbmRequest =
        profileUuid === undefined
          ? { method: "DELETE", path: "/profile/devices", body: { devices } }
          : { method: "PUT", path: "/profile/devices", body: { profile_uuid: profileUuid, devices } };
      return readAnswers(await ask(request), serialNumbers);
    },

    disown: async (serialNumbers) => {
      const body = { devices: [...serialNumbers] };
      return readAnswers(await ask({ method: "POST", path: "/devices/disown", body }), serialNumbers);
    },

    lockActivation: async (serialNumber, { escrowKey, lostMessage }) => {
      const body = {
        device: serialNumber,
        ...(escrowKey !== "" && { escrow_key: escrowKey }),
        ...(lostMessage !== "" && { lost_message: lostMessage }),
      };
      return readLockResult(await ask({ method: "POST", path: "/device/activationlock", body }));
    },

    announceDiscovery: async (url) => {
      const body = { mdm_service_discovery_url: url };
      await ask({ method: "POST", path: "/account-driven-enrollment/profile", body });
    },

    betaTokens: async () => readBetaTokens(await ask({ method: "GET", path: "/os-beta-enrollment/tokens" })),
  };
}
