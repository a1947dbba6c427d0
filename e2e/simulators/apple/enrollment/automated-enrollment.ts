import type { DeviceParts } from "../device-parts.ts";
import type { DoorAnswer } from "../wire/apple-door.ts";
import { profileIn } from "./fetch-profile.ts";
import { machineInfo, SIGNATURE_TYPE, signedByFactory } from "./machine-info.ts";
import { askUpdated } from "./update-first.ts";

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

/** Asks the assigned server for its enrollment profile, as the Setup Assistant does. @throws EnrollmentRefused */
export const fetchAutomatedProfile = async (parts: DeviceParts, profile: AutomatedProfile): Promise<Buffer> => {
  const { door } = parts;
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
  return profileIn(parts, configurationWebUrl ?? url, await askUpdated(parts, ask));
};
