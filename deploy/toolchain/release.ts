import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { IMAGES } from "./images/build.ts";
import { buildRelease, pushRelease } from "./release/build.ts";
import { type Checked, checkRelease } from "./release/check.ts";
import { revisionOf } from "./release/revision.ts";
import { table } from "./release/table.ts";

// Builds each image for all platforms with SBOM and provenance, and reads what was built. With a repository,
// what was found to be as a release should be is pushed: see docs/kubernetes.md.
const root = fileURLToPath(new URL("../..", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const { values } = parseArgs({
  options: {
    to: { type: "string" },
    push: { type: "string" },
    platform: { type: "string", default: "linux/amd64,linux/arm64" },
    image: { type: "string", multiple: true, default: [...IMAGES] },
    "node-image": { type: "string" },
    "sbom-generator": { type: "string" },
    "builder-id": { type: "string" },
  },
});
if (values.to === undefined) {
  say(
    "Name the folder that the images are written to: npm run release -- --to <folder> [--push registry.example.com/muster]",
  );
  process.exit(1);
}
const folder = resolve(values.to);
await mkdir(folder, { recursive: true });
const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
const revision = revisionOf(root);
const platforms = values.platform.split(",");

const rows: (Checked & { readonly name: string })[] = [];
for (const name of values.image) {
  say(`building ${name} ${version} for ${platforms.join(" and ")}`);
  const layout = join(folder, name);
  const tag = `${values.push ?? "muster"}/${name}:${version}`;
  await buildRelease({
    root,
    name,
    version,
    revision,
    platforms,
    layout,
    tag,
    nodeImage: values["node-image"],
    sbomGenerator: values["sbom-generator"],
    builderId: values["builder-id"],
  });
  const { digest, checked } = await checkRelease(layout, { name, version, revision, platforms });
  if (values.push !== undefined) await pushRelease(layout, digest, tag);
  say(`${values.push === undefined ? "built" : "pushed"} ${tag}@${digest}`);
  rows.push(...checked.map((each) => ({ ...each, name })));
}
say(table(rows));
