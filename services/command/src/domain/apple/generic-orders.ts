import type { CommandType } from "../command.ts";
import type { AppleBody } from "./apple-body.ts";
import type { AppleChannel } from "./apple-channel.ts";
import type { AppleOrder } from "./apple-order.ts";
import { questionsFor } from "./device-questions.ts";

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

const textIn = (keys: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== ""));

/** A Mac is unlocked by a PIN of six digits; one that nobody chose is in escrow and filled in at delivery. */
function withPin(channel: AppleChannel, pin: string, parameters: Record<string, unknown>): AppleBody {
  if (channel.platform !== "macos") return { parameters };
  return pin === "" ? { parameters, fill: { PIN: "lock_pin" } } : { parameters: { ...parameters, PIN: pin } };
}

/** An order in Apple's words for one device; nothing when Apple has no word for it. */
export function inAppleWords(order: GenericOrder, channel: AppleChannel): AppleRequest | undefined {
  const request = (requestType: string, body: AppleBody): AppleRequest => ({ requestType, userId: "", body });
  switch (order.type) {
    case "apple": {
      if (order.apple === undefined) return undefined;
      const { parameters, rawPlist, requestType, userId } = order.apple;
      return { requestType, userId, body: rawPlist === "" ? { parameters } : { parameters: {}, rawPlist } };
    }
    case "lock": {
      const { message = "", phoneNumber = "", pin = "" } = order.lock ?? {};
      const parameters = textIn({ Message: message, PhoneNumber: phoneNumber });
      return request("DeviceLock", withPin(channel, pin, parameters));
    }
    case "wipe":
      return request("EraseDevice", wipeBody(order.wipe, channel));
    case "clear_passcode":
      return request("ClearPasscode", { parameters: {}, fill: { UnlockToken: "unlock_token" } });
    case "enable_lost_mode": {
      const { footnote = "", message = "", phoneNumber = "" } = order.lostMode ?? {};
      return request("EnableLostMode", {
        parameters: textIn({ Message: message, PhoneNumber: phoneNumber, Footnote: footnote }),
      });
    }
    case "disable_lost_mode":
      return request("DisableLostMode", { parameters: {} });
    case "locate":
      return request("DeviceLocation", { parameters: {} });
    case "restart":
      return request("RestartDevice", { parameters: {} });
    case "shutdown":
      return request("ShutDownDevice", { parameters: {} });
    case "refetch": {
      const [question] = questionsFor(channel);
      return question === undefined ? undefined : request(question.requestType, { parameters: question.parameters });
    }
    case "run_script":
      return undefined;
    default:
      return order.type satisfies never;
  }
}

function wipeBody(wipe: WipeOrder | undefined, channel: AppleChannel): AppleBody {
  const parameters: Record<string, unknown> = {};
  if (wipe?.preserveDataPlan === true) parameters["PreserveDataPlan"] = true;
  if (wipe?.returnToService === true) {
    const wifi = Buffer.from(wipe.wifiProfile).toString("base64");
    parameters["ReturnToService"] = { Enabled: true, ...(wifi !== "" && { WiFiProfileData: wifi }) };
  }
  return withPin(channel, wipe?.pin ?? "", parameters);
}
