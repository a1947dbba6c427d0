import { spawn } from "node:child_process";
import { createGzip } from "node:zlib";
import { docker } from "./engine.ts";

export interface ImageSize {
  /** On a machine's disk, in bytes. */
  readonly unpacked: number;
  /** About what is sent from a registry, in bytes. */
  readonly packed: number;
}

export async function imageSize(image: string): Promise<ImageSize> {
  const unpacked = Number(await docker("image", "inspect", "--format={{.Size}}", image));
  const child = spawn("docker", ["save", image], { stdio: ["ignore", "pipe", "inherit"] });
  let packed = 0;
  for await (const part of child.stdout.pipe(createGzip())) packed += (part as Buffer).length;
  return { unpacked, packed };
}

export interface Row {
  readonly image: string;
  readonly size: ImageSize;
  readonly startMs: number | undefined;
  readonly processorMs: number | undefined;
  readonly stopMs: number | undefined;
}

const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const ms = (took: number | undefined): string => (took === undefined ? "–" : `${Math.round(took)} ms`);

/** A table as docs/kubernetes.md has it. */
export const table = (rows: readonly Row[]): string =>
  [
    ["image", "size", "packed", "start", "of it processor", "stop"],
    ["---", "---:", "---:", "---:", "---:", "---:"],
    ...rows.map(({ image, size, startMs, processorMs, stopMs }) => [
      image,
      mb(size.unpacked),
      mb(size.packed),
      ms(startMs),
      ms(processorMs),
      ms(stopMs),
    ]),
  ]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
