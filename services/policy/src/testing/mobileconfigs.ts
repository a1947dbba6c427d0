import { randomUUID } from "node:crypto";
import { payload } from "@muster/apple-protocol/mdm/payload";
import { type WritableDict, writePlist } from "@muster/apple-protocol/plist/write-plist";

/** A profile with one Wi-Fi payload. */
export const wifiProfile = (identifier: string, keys: WritableDict = {}, top: WritableDict = {}): WritableDict =>
  payload(
    "Configuration",
    { identifier, uuid: randomUUID() },
    {
      PayloadContent: [
        payload(
          "com.apple.wifi.managed",
          { identifier: `${identifier}.wifi`, uuid: randomUUID() },
          { SSID_STR: "Office", Password: "a secret of the office", ...keys },
        ),
      ],
      ...top,
    },
  );

/** The same as a file. */
export const wifiConfig = (...given: Parameters<typeof wifiProfile>): Buffer => writePlist(wifiProfile(...given));
