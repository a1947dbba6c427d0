import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Makes dist/muster-agent out of dist/muster-agent.cjs: a copy of the node that runs this, with the bundle inside.
// A code cache would only hold for this very build of V8 and processor, and is left out.
const [folder = "dist"] = process.argv.slice(2);
const config = join(folder, "sea.json");
const blob = join(folder, "muster-agent.blob");
const executable = join(folder, "muster-agent");
/** What node looks for to know that it carries a program (node's documentation of single executable applications). */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

writeFileSync(
  config,
  JSON.stringify({ main: join(folder, "muster-agent.cjs"), output: blob, disableExperimentalSEAWarning: true }),
);
execFileSync(process.execPath, ["--experimental-sea-config", config], { stdio: "inherit" });
rmSync(executable, { force: true });
copyFileSync(process.execPath, executable);
chmodSync(executable, 0o755);
execFileSync("postject", [executable, "NODE_SEA_BLOB", blob, "--sentinel-fuse", FUSE], { stdio: "inherit" });
rmSync(config);
rmSync(blob);
process.stdout.write(`${executable}: ${(statSync(executable).size / 1024 / 1024).toFixed(1)} MiB\n`);
