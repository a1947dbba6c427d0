import { parseArgs } from "node:util";
import { openPlatformKeys } from "./platform-keys.ts";

const USAGE =
  "usage: node libs/bus-accounts/src/keys-main.ts <folder for keys> <folder in which the server keeps accounts> [--revoke <user>]\n";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { revoke: { type: "string" } } });
const [folder, accountsDir, ...rest] = positionals;
if (folder === undefined || accountsDir === undefined || rest.length > 0) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const revoke = values.revoke;
const files = await openPlatformKeys({ folder, accountsDir, ...(revoke && { revoke }), now: new Date() });
process.stdout.write(`${JSON.stringify(files, null, 2)}\n`);
