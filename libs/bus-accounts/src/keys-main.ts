import { parseArgs } from "node:util";
import { isUserName, openPlatformKeys } from "./platform-keys.ts";

const USAGE =
  "usage: node libs/bus-accounts/src/keys-main.ts <folder for keys> <folder in which the server keeps accounts> [--revoke <user>]\n";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { revoke: { type: "string" } } });
const [folder, accountsDir, ...rest] = positionals;
const { revoke } = values;
if (
  folder === undefined ||
  accountsDir === undefined ||
  rest.length > 0 ||
  (revoke !== undefined && !isUserName(revoke))
) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const files = await openPlatformKeys({ folder, accountsDir, ...(revoke !== undefined && { revoke }), now: new Date() });
process.stdout.write(`${JSON.stringify(files, null, 2)}\n`);
