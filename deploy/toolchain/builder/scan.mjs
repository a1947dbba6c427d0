// The entry point of the image that lists what is in an image. BuildKit's protocol for it (sbom-protocol.md): the root to read is in
// one variable, the folder for the statement in another.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const { BUILDKIT_SCAN_SOURCE: source, BUILDKIT_SCAN_DESTINATION: destination } = process.env;
const name = basename(source);
// What is installed, as of an image, not what lock files ask for, as of a folder.
const options = ["--override-default-catalogers=image", `--source-name=${name}`, "--output=spdx-json"];
const { status, stdout } = spawnSync("syft", ["scan", `dir:${source}`, ...options], {
  encoding: "utf8",
  maxBuffer: 2 ** 30,
  stdio: ["ignore", "pipe", "inherit"],
  env: { PATH: process.env.PATH, HOME: "/tmp", SYFT_CHECK_FOR_APP_UPDATE: "false" },
});
if (status !== 0) process.exit(status ?? 1);
const statement = {
  _type: "https://in-toto.io/Statement/v0.1",
  predicateType: "https://spdx.dev/Document",
  predicate: JSON.parse(stdout),
};
writeFileSync(join(destination, `${name}.spdx.json`), JSON.stringify(statement));
