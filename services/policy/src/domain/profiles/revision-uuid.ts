import { createHash } from "node:crypto";

/**
 * The PayloadUUID that a revision of a profile has on every device: what a device lists says which revision it holds,
 * whatever its author wrote there. A UUID of the eighth version (RFC 9562 §5.8).
 */
export function revisionUuid(profileId: string, revision: number): string {
  const bytes = createHash("sha256").update(`${profileId}/${revision}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex").toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
