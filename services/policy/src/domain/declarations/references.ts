import { isRecord, type Payload } from "./payload-key.ts";

const textsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each: unknown) => typeof each === "string");

/** The configurations that an activation puts into effect. */
export const configurationsIn = (payload: Payload): string[] => textsIn(payload["StandardConfigurations"]);

/** A reference to an asset, wherever it stands in a configuration: Apple's keys say so by their names. */
export function assetsIn(payload: Payload): string[] {
  return Object.entries(payload).flatMap(([key, value]) => {
    if (/AssetReferences?$/.test(key)) return textsIn(value);
    return isRecord(value) ? assetsIn(value) : [];
  });
}
