import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NOT_OURS = new Set(["node_modules", ".git", ".muster", ".turbo", "dist", "coverage"]);

function* filesBelow(folder: string): Iterable<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (NOT_OURS.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

const FILES = [...filesBelow(ROOT)];
const DOCUMENTS = FILES.filter((file) => file.endsWith(".md"));

/** What a document says outside of code, where brackets are no links. */
const proseOf = (file: string): string =>
  readFileSync(file, "utf8")
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .replaceAll(/`[^`\n]*`/g, "");

const linksIn = (file: string): string[] =>
  [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/i.test(target));

/** A heading as it stands in an address: lower case, without punctuation, with dashes for spaces. */
const anchorsIn = (file: string): Set<string> =>
  new Set(
    [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );

function brokenLinks(file: string): string[] {
  return linksIn(file).filter((link) => {
    const [path = "", anchor] = link.split("#", 2);
    const target = path === "" ? file : join(dirname(file), decodeURIComponent(path));
    if (!existsSync(target)) return true;
    return anchor !== undefined && target.endsWith(".md") && !anchorsIn(target).has(anchor);
  });
}

/** Code that runs outside of tests, and the files that start it. */
const isProduct = (file: string): boolean =>
  /\.(?:ts|mjs|service)$/.test(file) && !/\.test\.ts$|\/testing\/|\/src\/gen\//.test(file);

const variablesIn = (file: string): string[] => readFileSync(file, "utf8").match(/\bMUSTER_[A-Z][A-Z_]*[A-Z]\b/g) ?? [];

describe("the documentation", () => {
  it("links only to what exists", () => {
    const broken = DOCUMENTS.flatMap((file) => brokenLinks(file).map((link) => `${relative(ROOT, file)}: ${link}`));
    assert.deepEqual(broken, []);
    assert.ok(DOCUMENTS.length > 10 && DOCUMENTS.flatMap(linksIn).length > 50, "documents and links are found at all");
  });

  it("says in docs/operations.md what each variable means", () => {
    const explained = new Set(variablesIn(join(ROOT, "docs/operations.md")));
    const read = new Set(FILES.filter(isProduct).flatMap(variablesIn));
    assert.deepEqual([...read].filter((name) => !explained.has(name)).sort(), []);
    assert.ok(read.size > 30, "variables are found at all");
  });

  it("explains no variable that nothing knows", () => {
    const known = new Set(FILES.filter((file) => /\.(?:ts|mjs|service)$/.test(file)).flatMap(variablesIn));
    const explained = new Set(variablesIn(join(ROOT, "docs/operations.md")));
    assert.deepEqual([...explained].filter((name) => !known.has(name)).sort(), []);
  });
});
