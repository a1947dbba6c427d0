import type { CommandType } from "../command.ts";
import type { AppleBody } from "./apple-body.ts";
import type { AppleDevice } from "./apple-device.ts";
import type { AppleOrder } from "./apple-order.ts";
import { questionsFor } from "./device-questions.ts";
import { fillFor } from "./filling.ts";
import { rawParameters, readRawCommand } from "./raw-command.ts";

export interface LockOrder {
  readonly pin: string;
  readonly message: string;
  readonly phoneNumber: string;
}

export interface WipeOrder {
  readonly pin: string;
  readonly preserveDataPlan: boolean;
  readonly returnToService: boolean;
  readonly wifiProfile: Uint8Array;
}

export interface LostModeOrder {
  readonly message: string;
  readonly phoneNumber: string;
  readonly footnote: string;
}

/** What is asked for in words that mean the same on every platform. */
export interface GenericOrder {
  readonly type: CommandType;
  readonly apple: AppleOrder | undefined;
  readonly lock: LockOrder | undefined;
  readonly wipe: WipeOrder | undefined;
  readonly lostMode: LostModeOrder | undefined;
}

export interface AppleRequest {
  readonly requestType: string;
  readonly userId: string;
  readonly body: AppleBody;
}

const textIn = (keys: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== ""));

/** A Mac is unlocked by a PIN of six digits; the others have a passcode. */
const pinOf = ({ platform }: AppleDevice, pin: string): Record<string, string> =>
  platform === "macos" ? textIn({ PIN: pin }) : {};

/** An order in Apple's words for one device; nothing when Apple has no word for it. */
export function inAppleWords(order: GenericOrder, device: AppleDevice): AppleRequest | undefined {
  const request = (requestType: string, parameters: AppleBody["parameters"] = {}): AppleRequest => ({
    requestType,
    userId: "",
    body: withFill(requestType, { parameters }, device),
  });
  switch (order.type) {
    case "apple": {
      if (order.apple === undefined) return undefined;
      const { parameters, rawPlist, requestType, userId } = order.apple;
      const body = rawPlist === "" ? { parameters } : { parameters: {}, rawPlist };
      return { requestType, userId, body: withFill(requestType, body, device) };
    }
    case "lock": {
      const { message = "", phoneNumber = "", pin = "" } = order.lock ?? {};
      return request("DeviceLock", {
        ...textIn({ Message: message, PhoneNumber: phoneNumber }),
        ...pinOf(device, pin),
      });
    }
    case "wipe":
      return request("EraseDevice", wipeParameters(order.wipe, device));
    case "clear_passcode":
      return request("ClearPasscode");
    case "enable_lost_mode": {
      const { footnote = "", message = "", phoneNumber = "" } = order.lostMode ?? {};
      return request("EnableLostMode", textIn({ Message: message, PhoneNumber: phoneNumber, Footnote: footnote }));
    }
    case "disable_lost_mode":
      return request("DisableLostMode");
    case "locate":
      return request("DeviceLocation");
    case "restart":
      return request("RestartDevice");
    case "shutdown":
      return request("ShutDownDevice");
    case "refetch": {
      const [question] = questionsFor(device);
      return question === undefined ? undefined : request(question.requestType, question.parameters);
    }
    case "run_script":
    case "unenroll":
      return undefined;
    default:
      return order.type satisfies never;
  }
}

function wipeParameters(wipe: WipeOrder | undefined, device: AppleDevice): AppleBody["parameters"] {
  const parameters: Record<string, unknown> = {};
  if (wipe?.preserveDataPlan === true) parameters["PreserveDataPlan"] = true;
  if (wipe?.returnToService === true) {
    const wifi = Buffer.from(wipe.wifiProfile).toString("base64");
    parameters["ReturnToService"] = { Enabled: true, ...(wifi !== "" && { WiFiProfileData: wifi }) };
  }
  return { ...parameters, ...pinOf(device, wipe?.pin ?? "") };
}

/** The body with what is put in when it is delivered. */
function withFill(requestType: string, body: AppleBody, device: AppleDevice): AppleBody {
  const { parameters, rawPlist } = body;
  const given = rawPlist === undefined ? parameters : rawParameters(readRawCommand(rawPlist));
  const fill = fillFor(requestType, given, device);
  return Object.keys(fill).length === 0 ? body : { ...body, fill };
}
