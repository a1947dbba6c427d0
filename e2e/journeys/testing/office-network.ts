import { randomUUID } from "node:crypto";
import { writePlist } from "../../simulators/apple/plist/write-plist.ts";

/** A mobileconfig that every Mac is to have before its user sees it, base64. */
export const forMacs = (): string => {
  const head = () => ({ PayloadVersion: 1, PayloadUUID: randomUUID() });
  const wifi = {
    ...head(),
    PayloadType: "com.apple.wifi.managed",
    PayloadIdentifier: "example.first.wifi",
    SSID_STR: "Office",
  };
  const profile = {
    ...head(),
    PayloadType: "Configuration",
    PayloadIdentifier: "example.first",
    PayloadContent: [wifi],
  };
  return Buffer.from(writePlist(profile)).toString("base64");
};
