import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The last of the line that runs on Java 17. */
export const OPENSEARCH_VERSION = "2.19.5";

const COPY = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies";

/** The folder with OpenSearch's jars, fetched from Maven Central once for this machine. */
export function openSearchJars(): string {
  const cache = process.env["MUSTER_CACHE_DIR"] ?? join(homedir(), ".cache", "muster");
  const folder = join(cache, `opensearch-${OPENSEARCH_VERSION}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  try {
    const project = ["--file", join(import.meta.dirname, "pom.xml"), `-Dopensearch.version=${OPENSEARCH_VERSION}`];
    const how = ["--batch-mode", "--quiet", "--strict-checksums", ...project];
    execFileSync("mvn", [...how, COPY, "-DincludeScope=runtime", `-DoutputDirectory=${unfinished}`], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    // Whole or not at all, for somebody else may look for it at the same time.
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Why the tests against OpenSearch do not run; false when they do. */
export function openSearchIsMissing(): string | false {
  if (process.env["MUSTER_TEST_OPENSEARCH"] !== "1") return "takes a minute: set MUSTER_TEST_OPENSEARCH=1";
  // The compiler: the node is started from its source file.
  for (const program of ["javac", "mvn"]) {
    try {
      execFileSync(program, ["-version"], { stdio: "ignore" });
    } catch {
      return `there is no ${program}: install a JDK, 17 to 23, and Maven`;
    }
  }
  return false;
}
