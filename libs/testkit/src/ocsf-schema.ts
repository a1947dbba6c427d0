import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

const SOURCE = join(import.meta.dirname, "../ocsf");
const PREFIX = "https://schema.ocsf.io/schema/1.8.0/classes/";

interface OcsfClass {
  readonly name: string;
  readonly caption: string;
  readonly deprecated: boolean;
  readonly activities: Readonly<Record<string, string>>;
}

interface Official {
  readonly classes: Readonly<Record<string, OcsfClass>>;
  readonly schemas: readonly object[];
}

/** The schema of OCSF 1.8.0 as its authors publish it. */
export class OcsfSchema {
  readonly classes: Official["classes"];
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });

  constructor({ classes, schemas }: Official) {
    this.classes = classes;
    for (const schema of schemas) this.#ajv.addSchema(schema);
  }

  /** What is wrong with an event; nothing when it is as its class and profiles want it. */
  problemsOf(event: unknown): string[] {
    const { class_uid, metadata } = event as { class_uid: number; metadata?: { profiles?: string[] } };
    const found = this.classes[String(class_uid)];
    if (found === undefined) return [`there is no class ${class_uid}`];
    const profiles = metadata?.profiles ?? [];
    const validate: ValidateFunction | undefined = this.#ajv.getSchema(
      `${PREFIX}${found.name}${profiles.length > 0 ? `?profiles=${profiles.join(",")}` : ""}`,
    );
    if (validate === undefined) return [`there is no schema of ${found.name} with ${profiles.join(",")}`];
    if (validate(event)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${found.name}${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
}

/** The official schema, or why it is not there: it comes from PyPI, for which Python with pip is needed. */
export function officialOcsf(): { readonly schema: OcsfSchema } | { readonly missing: string } {
  const cache = process.env["MUSTER_CACHE_DIR"] ?? join(homedir(), ".cache", "muster");
  const path = join(cache, "ocsf-1.8.0.json");
  try {
    if (!existsSync(path)) writeOfficial(path);
  } catch (error) {
    return { missing: `OCSF's schema could not be fetched: ${error instanceof Error ? error.message : String(error)}` };
  }
  return { schema: new OcsfSchema(JSON.parse(readFileSync(path, "utf8")) as Official) };
}

function writeOfficial(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const folder = mkdtempSync(`${path}-`);
  try {
    const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"];
    const from = ["--only-binary", ":all:", "--target", folder, "--requirement", join(SOURCE, "requirements.txt")];
    execFileSync("python3", [...install, ...from], { stdio: ["ignore", "ignore", "pipe"] });
    const official = execFileSync("python3", [join(SOURCE, "schemas.py")], {
      env: { ...process.env, PYTHONPATH: folder },
      maxBuffer: 256 * 1024 * 1024,
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Whole or not at all, for several test files may look for it at once.
    writeFileSync(join(folder, "official.json"), official);
    renameSync(join(folder, "official.json"), path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
