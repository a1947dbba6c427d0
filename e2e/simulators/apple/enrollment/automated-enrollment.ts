import type { DeviceParts } from "../device-parts.ts";
import type { DoorAnswer } from "../wire/apple-door.ts";
import { errorCodeOf } from "../wire/mdm-connection.ts";
import { profileIn } from "./fetch-profile.ts";
import { machineInfo, SIGNATURE_TYPE, signedByFactory } from "./machine-info.ts";

/** What Apple tells a device, at its first start, about the server that its owner assigned it to. */
export interface AutomatedProfile {
  readonly url: string;
  /** Opened in a web view first, where a person may have to sign in. */
  readonly configurationWebUrl?: string;
  readonly supervised: boolean;
  /** The Setup Assistant waits for DeviceConfigured. */
  readonly awaitDeviceConfigured: boolean;
  readonly sharedIpad?: boolean;
}

/** A server may want a newer system first: the version that it names. */
const wantedSystem = (answer: DoorAnswer): { version: string; build: string } | undefined => {
  if (answer.status !== 403 || errorCodeOf(answer) !== "com.apple.softwareupdate.required") return undefined;
  const text = answer.body.toString();
  const find = (key: string): string | undefined =>
    new RegExp(`"${key}"\\s*:\\s*"([^"]+)"|<key>${key}</key>\\s*<string>([^<]+)`).exec(text)?.slice(1).find(Boolean);
  const version = find("OSVersion");
  return version === undefined ? undefined : { version, build: find("BuildVersion") ?? "99A999" };
};

/** Asks the assigned server for its enrollment profile, as the Setup Assistant does. @throws EnrollmentRefused */
export const fetchAutomatedProfile = async (parts: DeviceParts, profile: AutomatedProfile): Promise<Buffer> => {
  const { state, ledger, door } = parts;
  const { url, configurationWebUrl } = profile;
  const ask = async (): Promise<DoorAnswer> => {
    const body = await signedByFactory(parts, machineInfo(parts, false));
    return configurationWebUrl === undefined
      ? await door.send({ method: "POST", url, headers: { "content-type": SIGNATURE_TYPE }, body })
      : await door.send({
          method: "GET",
          url: configurationWebUrl,
          headers: { "x-apple-aspen-deviceinfo": body.toString("base64") },
        });
  };
  let answer = await ask();
  const wanted = wantedSystem(answer);
  if (wanted !== undefined) {
    state.os = { ...state.os, ...wanted };
    ledger.add({ kind: "updated", ...wanted });
    answer = await ask();
  }
  return profileIn(parts, configurationWebUrl ?? url, answer);
};
