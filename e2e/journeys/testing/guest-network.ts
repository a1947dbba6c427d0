import { randomUUID } from "node:crypto";
import { writePlist } from "../../simulators/apple/plist/write-plist.ts";

/** A mobileconfig with one Wi-Fi payload. */
export function guestNetwork(): Uint8Array {
  const head = (type: string, name: string): Record<string, string | number> => ({
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: name,
    PayloadUUID: randomUUID(),
  });
  const payload = { ...head("com.apple.wifi.managed", "example.guests.wifi"), SSID_STR: "Guests" };
  return Buffer.from(writePlist({ ...head("Configuration", "example.guests"), PayloadContent: [payload] }));
}
