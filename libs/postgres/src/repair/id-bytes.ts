/** Ids as they travel: 16 bytes each, one after another. */
export const bytesOfIds = (ids: readonly string[]): Buffer => Buffer.from(ids.join("").replaceAll("-", ""), "hex");

export function idsInBytes(bytes: Uint8Array): string[] {
  const hex = Buffer.from(bytes).toString("hex");
  return (hex.match(/.{32}/g) ?? []).map((id) => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"));
}

export const bytesOfSum = (sum: bigint): Buffer => Buffer.from(sum.toString(16).padStart(32, "0"), "hex");

export const sumInBytes = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`);
