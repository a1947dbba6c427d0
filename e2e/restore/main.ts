import { parseArgs } from "node:util";
import { allHold, formatFindings } from "../faults/findings.ts";
import { runRestore } from "./run-restore.ts";

const USAGE = `npm run restore -- [options]
  --backup base       what the database is restored from: a base backup, or a dump, for which pg_dump and pg_restore of
                      the server's release have to be in PATH
  --bus lost          what becomes of the bus: lost with everything else, or kept, and then ahead of the database
  --keep              leave the folders and the logs
`;

const { values } = parseArgs({
  options: {
    backup: { type: "string", default: "base" },
    bus: { type: "string", default: "lost" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const { backup, bus } = values;
if (values.help || (backup !== "base" && backup !== "dump") || (bus !== "lost" && bus !== "kept")) {
  process.stdout.write(USAGE);
  process.exit(values.help ? 0 : 1);
}
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const findings = await runRestore({ backup, bus, keep: values.keep, say });
process.stdout.write(formatFindings(findings));
process.exitCode = allHold(findings) ? 0 : 1;
