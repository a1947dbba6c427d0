import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { cliDocument } from "./cli-document.ts";
import { eventCatalogue } from "./event-catalogue.ts";
import { eventDocument } from "./event-document.ts";
import { eventTable } from "./events-from-protos.ts";
import { openapiDocument } from "./openapi/document.ts";
import { openapiFindings } from "./openapi/lint.ts";
import { openapiTypes } from "./openapi/types.ts";
import { privacyDocument } from "./privacy-document.ts";
import { rightsDocument } from "./rights-document.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const GENERATED = [
  "libs/api-client/src/gen",
  "libs/contracts/src/gen",
  "docs/cli.md",
  "docs/events.md",
  "docs/privacy.md",
  "docs/rights.md",
  "services/gateway/openapi.json",
];

/** Writes everything that follows from the protos, and from the command line's program, below `root`. */
async function generate(root: string): Promise<void> {
  const gen = join(root, "libs/contracts/src/gen");
  const buf = (...args: string[]) =>
    execFileSync(join(ROOT, "node_modules/.bin/buf"), args, {
      cwd: join(ROOT, "proto"),
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, PATH: `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"] ?? ""}` },
    });
  buf("lint");
  buf("generate", "--output", join(root, "proto"));
  // Only the option of our own refers to it, and options are read from the descriptors.
  rmSync(join(gen, "google/protobuf/descriptor.ts"));
  const descriptors = join(gen, "descriptors.binpb");
  buf("build", "--as-file-descriptor-set", "-o", descriptors);
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(descriptors));
  const registry = createFileRegistry(set);
  writeFileSync(join(gen, "events.ts"), eventTable(registry));
  const openapi = openapiDocument(registry);
  writeFileSync(join(root, "services/gateway/openapi.json"), openapi);
  const findings = await openapiFindings(openapi);
  if (findings.length > 0)
    throw new Error(`services/gateway/openapi.json is not well made:\n  ${findings.join("\n  ")}`);
  writeFileSync(join(root, "libs/api-client/src/gen/api.ts"), openapiTypes(JSON.parse(openapi)));
  writeFileSync(join(root, "docs/events.md"), eventDocument(registry, await eventCatalogue()));
  writeFileSync(join(root, "docs/rights.md"), rightsDocument(registry));
  writeFileSync(join(root, "docs/cli.md"), cliDocument());
  writeFileSync(join(root, "docs/privacy.md"), privacyDocument());
  // Every service carries the descriptors; nobody reads the comments in them at run time.
  buf("build", "--as-file-descriptor-set", "--exclude-source-info", "-o", descriptors);
}

function filesBelow(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [path];
  }
}

/** What differs between the committed files and those that the protos ask for. */
function drift(fresh: string): string[] {
  const names = new Set(
    [ROOT, fresh].flatMap((root) =>
      GENERATED.flatMap((path) => filesBelow(join(root, path)).map((file) => relative(root, file))),
    ),
  );
  const read = (root: string, name: string) => {
    try {
      return readFileSync(join(root, name)).toString("base64");
    } catch {
      return undefined;
    }
  };
  return [...names].filter((name) => read(ROOT, name) !== read(fresh, name)).sort();
}

if (process.argv.includes("--check")) {
  const fresh = mkdtempSync(join(tmpdir(), "muster-generate-"));
  try {
    for (const folder of ["libs/api-client/src/gen", "libs/contracts/src", "docs", "services/gateway", "proto"]) {
      cpSync(join(ROOT, folder), join(fresh, folder), {
        recursive: true,
        filter: (path) => !path.includes("node_modules"),
      });
    }
    await generate(fresh);
    const changed = drift(fresh);
    if (changed.length > 0) {
      process.stderr.write(
        `These files do not follow from the protos or from muster's program; run "npm run generate":\n  ${changed.join("\n  ")}\n`,
      );
      process.exitCode = 1;
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
} else {
  await generate(ROOT);
}
