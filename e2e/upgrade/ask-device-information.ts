import { setTimeout as pause } from "node:timers/promises";
import type { RestClient } from "../journeys/testing/rest-client.ts";

const ATTEMPTS = 30;

/** Asks devices what they are like, repeating the request under its key until it is answered. @returns the commands' ids. */
export async function askDeviceInformation(
  api: RestClient,
  deviceIds: readonly string[],
  key: string,
): Promise<readonly string[]> {
  const body = {
    deviceIds,
    type: "COMMAND_TYPE_APPLE",
    apple: { requestType: "DeviceInformation", parameters: { Queries: ["OSVersion"] } },
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const answer = await api
      .post<{ commands: readonly { readonly id: string }[] }>("/api/v1/commands", body, { "idempotency-key": key })
      .catch(() => undefined);
    if (answer !== undefined) return answer.commands.map(({ id }) => id);
    await pause(1_000);
  }
  return [];
}
