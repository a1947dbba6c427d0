const SYSTEMS: readonly (readonly [product: RegExp, system: string])[] = [
  [/^(?:iPhone|iPod)/, "iOS"],
  [/^iPad/, "iPadOS"],
  [/^AppleTV/, "tvOS"],
  [/^RealityDevice/, "visionOS"],
  [/^Watch/, "watchOS"],
];

/** What Apple calls the system of a product, such as iPhone16,1. Everything else that it makes and manages is a Mac. */
export const systemOfProduct = (productName: string): string =>
  SYSTEMS.find(([product]) => product.test(productName))?.[1] ?? "macOS";
