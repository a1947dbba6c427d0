import type { PlistDict, PlistValue } from "../plist/value.ts";
import { readSender, type Sender } from "./enrollment-ids.ts";
import { dataAt, dictOf, flagAt, requiredText, textAt } from "./fields.ts";
import { MdmMessageError } from "./mdm-message-error.ts";

/** What a device says of itself when it comes. Anything may be empty. */
export interface DeviceClaim {
  readonly topic: string;
  readonly deviceName: string;
  readonly model: string;
  readonly modelName: string;
  readonly productName: string;
  readonly serialNumber: string;
  readonly osVersion: string;
  readonly buildVersion: string;
}

export type Checkin = { readonly sender: Sender } & (
  | { readonly type: "Authenticate"; readonly claim: DeviceClaim }
  | {
      readonly type: "TokenUpdate";
      readonly topic: string;
      readonly token: Buffer;
      readonly pushMagic: string;
      /** Absent does not mean that there is none any more. */
      readonly unlockToken: Buffer | undefined;
      /** Unset when the device does not say. */
      readonly awaitingConfiguration: boolean | undefined;
    }
  | { readonly type: "CheckOut" }
  | { readonly type: "UserAuthenticate"; readonly digestResponse: string }
  /** No token means that the device has none any more. */
  | { readonly type: "SetBootstrapToken"; readonly bootstrapToken: Buffer | undefined }
  | { readonly type: "GetBootstrapToken" }
  | { readonly type: "GetToken"; readonly tokenServiceType: string }
  | { readonly type: "DeclarativeManagement"; readonly endpoint: string; readonly data: Buffer }
  | { readonly type: "ReturnToService" }
);

/** Reads a check-in. Keys that are not known are let be. Throws MdmMessageError. */
export function readCheckin(plist: PlistValue): Checkin {
  const message = dictOf(plist);
  const sender = readSender(message);
  const type = requiredText(message, "MessageType");
  switch (type) {
    case "Authenticate":
      return { type, sender, claim: readClaim(message) };
    case "TokenUpdate": {
      const token = dataAt(message, "Token");
      if (token === undefined || token.length === 0 || token.length > 256)
        throw new MdmMessageError("Token is missing");
      return {
        type,
        sender,
        token,
        topic: requiredText(message, "Topic"),
        pushMagic: requiredText(message, "PushMagic"),
        unlockToken: secretAt(message, "UnlockToken"),
        awaitingConfiguration: flagAt(message, "AwaitingConfiguration"),
      };
    }
    case "CheckOut":
    case "GetBootstrapToken":
    case "ReturnToService":
      return { type, sender };
    case "UserAuthenticate":
      return { type, sender, digestResponse: textAt(message, "DigestResponse") };
    case "SetBootstrapToken":
      return { type, sender, bootstrapToken: secretAt(message, "BootstrapToken") };
    case "GetToken":
      return { type, sender, tokenServiceType: requiredText(message, "TokenServiceType") };
    case "DeclarativeManagement":
      return {
        type,
        sender,
        endpoint: requiredText(message, "Endpoint"),
        data: dataAt(message, "Data") ?? Buffer.alloc(0),
      };
    default:
      throw new MdmMessageError("the MessageType is none of a check-in's");
  }
}

/** One that is empty opens nothing, and is none. */
function secretAt(message: PlistDict, key: string): Buffer | undefined {
  const secret = dataAt(message, key);
  return secret?.length === 0 ? undefined : secret;
}

const readClaim = (message: PlistDict): DeviceClaim => ({
  topic: requiredText(message, "Topic"),
  deviceName: textAt(message, "DeviceName"),
  model: textAt(message, "Model"),
  modelName: textAt(message, "ModelName"),
  productName: textAt(message, "ProductName"),
  serialNumber: textAt(message, "SerialNumber"),
  osVersion: textAt(message, "OSVersion"),
  buildVersion: textAt(message, "BuildVersion"),
});
