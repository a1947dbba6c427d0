import type { Platform } from "../claim.ts";

const FAMILIES: readonly (readonly [RegExp, Platform])[] = [
  [/^iPhone|^iPod/, "ios"],
  [/^iPad/, "ipados"],
  [/^AppleTV/, "tvos"],
  [/^RealityDevice/, "visionos"],
  [/^Watch/, "watchos"],
];

/** The platform by the product, such as iPhone16,1. Everything else that Apple makes and manages is a Mac. */
export const platformOfProduct = (productName: string): Platform =>
  FAMILIES.find(([family]) => family.test(productName))?.[1] ?? "macos";
