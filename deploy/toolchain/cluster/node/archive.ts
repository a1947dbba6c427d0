import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildImages, IMAGES, imageOf, REPOSITORY } from "../../images/build.ts";
import { docker, requireEngine } from "../../images/engine.ts";

export const SANDBOX = `${REPOSITORY}/pause:test`;
/** A tag of its own for the same images: what an upgrade changes. */
export const NEXT_TAG = "next";

/** What charts/muster-backing runs. */
const BACKING = ["postgres:17", "nats:2"];

export interface ArchiveInputs {
  readonly root: string;
  /** Where the node's programs are. */
  readonly programs: string;
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** Builds every image on the machine's Docker engine. @returns the file with all that a node needs */
export async function imageArchive({ root, programs, folder, say }: ArchiveInputs): Promise<string> {
  await requireEngine();
  for (const image of BACKING) {
    await docker("image", "inspect", image)
      .catch(() => docker("pull", image))
      .catch((cause: unknown) => {
        throw new Error(
          `There is no image ${image}, nor a registry that has it: deploy/toolchain/test-images makes one.`,
          {
            cause,
          },
        );
      });
  }
  await buildImages({ root, say });
  const nextOf = (name: string): string => `${REPOSITORY}/${name}:${NEXT_TAG}`;
  for (const name of IMAGES) await docker("tag", imageOf(name), nextOf(name));
  await buildSandbox(programs, folder);
  const archive = join(folder, "images.tar");
  await docker(
    "save",
    `--output=${archive}`,
    SANDBOX,
    ...BACKING,
    ...IMAGES.flatMap((name) => [imageOf(name), nextOf(name)]),
  );
  return archive;
}

async function buildSandbox(programs: string, folder: string): Promise<void> {
  const file = join(folder, "sandbox");
  await mkdir(file);
  await writeFile(
    join(file, "Dockerfile"),
    'FROM scratch\nCOPY pause /pause\nUSER 65535:65535\nENTRYPOINT ["/pause"]\n',
  );
  await copyFile(join(programs, "pause"), join(file, "pause"));
  await docker("build", "--quiet", `--tag=${SANDBOX}`, file);
}
