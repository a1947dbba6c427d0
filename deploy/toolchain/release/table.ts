import type { Checked } from "./check.ts";

const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** A table as docs/kubernetes.md has it. */
export const table = (rows: readonly (Checked & { readonly name: string })[]): string =>
  [
    ["image", "platform", "size", "packed", "packages"],
    ["---", "---", "---:", "---:", "---:"],
    ...rows.map(({ name, platform, unpacked, packed, packages }) => [
      name,
      platform,
      mb(unpacked),
      mb(packed),
      String(packages),
    ]),
  ]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
