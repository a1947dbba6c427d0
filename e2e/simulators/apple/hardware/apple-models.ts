export type AppleKind = "Mac" | "iPhone" | "iPad" | "AppleTV";

export interface AppleModel {
  /** As in `ProductName`: `Mac15,3`. */
  readonly product: string;
  readonly modelName: string;
  readonly marketingName: string;
  /** The beginning of the order number. */
  readonly number: string;
  readonly capacitiesGb: readonly number[];
  readonly cellular?: boolean;
  /** With an Intel processor: it has a firmware password and no recovery lock. */
  readonly intel?: true;
}

const model = (
  product: string,
  modelName: string,
  marketingName: string,
  number: string,
  capacitiesGb: readonly number[],
  cellular = false,
): AppleModel => ({ product, modelName, marketingName, number, capacitiesGb, cellular });

/** Old, and drawn for no fleet: for tests of what only such Macs have. */
export const INTEL_MAC: AppleModel = {
  ...model("Macmini8,1", "Mac mini", "Mac mini (2018)", "MRTR2", [128, 256]),
  intel: true,
};

export const APPLE_MODELS: Readonly<Record<AppleKind, readonly AppleModel[]>> = {
  Mac: [
    model("Mac14,2", "MacBook Air", "MacBook Air (13-inch, M2, 2022)", "Z15W", [256, 512, 1024]),
    model("Mac15,3", "MacBook Pro", "MacBook Pro (14-inch, M3, Nov 2023)", "MTL73", [512, 1024]),
    model("Mac16,1", "MacBook Pro", "MacBook Pro (14-inch, M4, 2024)", "MW2U3", [512, 1024]),
    model("Mac16,10", "Mac mini", "Mac mini (M4, 2024)", "MU9D3", [256, 512]),
  ],
  iPhone: [
    model("iPhone15,4", "iPhone", "iPhone 15", "MTP03", [128, 256], true),
    model("iPhone16,1", "iPhone", "iPhone 15 Pro", "MTUV3", [128, 256, 512], true),
    model("iPhone17,3", "iPhone", "iPhone 16", "MYE73", [128, 256], true),
  ],
  iPad: [
    model("iPad13,18", "iPad", "iPad (10th generation)", "MPQ03", [64, 256]),
    model("iPad14,3", "iPad", "iPad Pro 11-inch (4th generation)", "MNXD3", [128, 256, 512]),
    model("iPad14,4", "iPad", "iPad Pro 11-inch (4th generation)", "MNYC3", [128, 256], true),
  ],
  AppleTV: [model("AppleTV14,1", "Apple TV", "Apple TV 4K (3rd generation)", "MN873", [64, 128])],
};

export interface AppleOs {
  readonly family: "macOS" | "iOS" | "iPadOS" | "tvOS";
  readonly marketingName: string;
  readonly version: string;
  readonly build: string;
}

const os = (family: AppleOs["family"], version: string, build: string, name = ""): AppleOs => ({
  family,
  version,
  build,
  marketingName: `${family} ${name === "" ? "" : `${name} `}${version}`,
});

export const APPLE_SYSTEMS: Readonly<Record<AppleKind, readonly AppleOs[]>> = {
  Mac: [
    os("macOS", "14.7.1", "23H222", "Sonoma"),
    os("macOS", "15.1", "24B83", "Sequoia"),
    os("macOS", "15.1.1", "24B91", "Sequoia"),
  ],
  iPhone: [os("iOS", "17.7.1", "21H216"), os("iOS", "18.1", "22B83"), os("iOS", "18.1.1", "22B91")],
  iPad: [os("iPadOS", "17.7.1", "21H216"), os("iPadOS", "18.1", "22B83"), os("iPadOS", "18.1.1", "22B91")],
  AppleTV: [os("tvOS", "18.1", "22J580")],
};

/** What the devices find when they look for updates. */
export const NEWEST_SYSTEMS: Readonly<Record<AppleKind, AppleOs>> = {
  Mac: os("macOS", "15.2", "24C101", "Sequoia"),
  iPhone: os("iOS", "18.2", "22C152"),
  iPad: os("iPadOS", "18.2", "22C152"),
  AppleTV: os("tvOS", "18.2", "22K154"),
};
