// The way into every npm script: makes sure that the packages are there, then runs a TypeScript file under the Node
// version that package.json pins. Plain JavaScript, because it must itself run on whatever Node (18 or newer) is there.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const node = join(bin, "node");
const stamp = join(root, "node_modules", ".muster-lock");

const [script, ...args] = process.argv.slice(2);
if (script === undefined) fail("usage: node deploy/toolchain/with-node.mjs <script> [arguments]");

const wanted = `${process.platform}-${process.arch} ${createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex")}\n`;
if (!existsSync(node) || !existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) install();
run();

function install() {
  const startedAt = Date.now();
  process.stderr.write("Installing the packages that package-lock.json names (about half a minute) ...\n");
  // Not `npm ci`: it also insists on entries for the optional binaries of every other platform, and a lock file
  // written behind a mirror that lacks some of them has none. `install` takes the same versions from the same lock.
  const npmArgs = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const npmCli = process.env.npm_execpath;
  const [command, commandArgs] =
    npmCli !== undefined && /\.c?js$/.test(npmCli) ? [process.execPath, [npmCli, ...npmArgs]] : ["npm", npmArgs];
  const { error, status } = spawnSync(command, commandArgs, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error) fail(`npm could not be run (${error.message}). Install npm 9 or newer and start again.`);
  if (status !== 0) fail("The packages could not be installed; npm says why above. Check the network and start again.");
  if (!existsSync(node)) {
    fail("npm ran no install scripts, so the pinned Node is missing. Run `npm rebuild node` and start again.");
  }
  writeFileSync(stamp, wanted);
  process.stderr.write(`Installed in ${Math.round((Date.now() - startedAt) / 1000)} s.\n`);
}

function run() {
  const child = spawn(node, [join(root, script), ...args], {
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: bin + delimiter + process.env.PATH,
      // Types are stripped once, not at every start of every process: half the time to start, a fifth less memory.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "compile"),
    },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) =>
    fail(`${node} could not be run: ${error.message}. Delete node_modules and start again.`),
  );
  child.once("exit", (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
