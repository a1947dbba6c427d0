import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPlatform } from "@muster/deploy/local/platform";
import { formatTried } from "./report.ts";
import { tryApi } from "./try-api.ts";

const USAGE = `npm run hostile -- [options]
  Tries each method of the API with requests that its description allows and such that it does not.
  --seed 1          the same seed makes the same requests
  --requests 100    how many right, and how many wrong ones each method gets
`;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    requests: { type: "string", default: "100" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const dataDir = join(tmpdir(), `muster-hostile-${process.pid}`);
// What slows a caller down is lifted: here it would only make the run longer.
const platform = await startPlatform({
  dataDir,
  ports: "free",
  durable: false,
  fleet: 3,
  environment: { MUSTER_API_REQUESTS_PER_SECOND: "100000", MUSTER_OIDC_ISSUERS: "http://127.0.0.1:9" },
});
try {
  const report = await tryApi({
    origin: platform.urls.gateway,
    tokens: [platform.administrator.token],
    seed: Number(values.seed),
    right: Number(values.requests),
    wrong: Number(values.requests),
  });
  process.stdout.write(`seed ${values.seed}\n${formatTried(report)}\n`);
  process.exitCode = report.findings.length === 0 ? 0 : 1;
} finally {
  await platform.stop();
  // Why something failed stands in the services' logs.
  if (process.exitCode === 0) await rm(dataDir, { recursive: true, force: true });
  else process.stdout.write(`logs: ${join(dataDir, "logs")}\n`);
}
