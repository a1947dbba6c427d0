import type { DeviceParts } from "../device-parts.ts";
import type { DoorAnswer } from "../wire/apple-door.ts";
import { errorCodeOf } from "../wire/mdm-connection.ts";

/** A server may want a newer system first: the version that it names. */
const wantedSystem = (answer: DoorAnswer): { version: string; build: string } | undefined => {
  if (answer.status !== 403 || errorCodeOf(answer) !== "com.apple.softwareupdate.required") return undefined;
  const text = answer.body.toString();
  const find = (key: string): string | undefined =>
    new RegExp(`"${key}"\\s*:\\s*"([^"]+)"|<key>${key}</key>\\s*<string>([^<]+)`).exec(text)?.slice(1).find(Boolean);
  const version = find("OSVersion");
  return version === undefined ? undefined : { version, build: find("BuildVersion") ?? "99A999" };
};

/** Asks for an enrollment profile; when the server wants a newer system first, updates and asks again. */
export const askUpdated = async (
  { ledger, state }: DeviceParts,
  ask: () => Promise<DoorAnswer>,
): Promise<DoorAnswer> => {
  const answer = await ask();
  const wanted = wantedSystem(answer);
  if (wanted === undefined) return answer;
  state.os = { ...state.os, ...wanted };
  ledger.add({ kind: "updated", ...wanted });
  return await ask();
};
