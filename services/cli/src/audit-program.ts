import type { Command } from "commander";
import { collect } from "./repeated-option.ts";

/** The commands about the audit chain. */
export function addAudit(muster: Command): void {
  const audit = muster.command("audit").description("who did what, in a chain that shows every change to it");
  const filtered = (command: Command) =>
    command
      .option("--actor <who>", "only what this person, token or device caused")
      .option("--action <right>", "only requests that needed this right, such as webhook.write")
      .option("--device <device>", "only what is about this device")
      .option("--outcome <outcome>", "only requests that succeeded, were refused, failed, or are unknown")
      .option("--type <type>", "only this type; a trailing * stands for any rest; may be repeated", collect)
      .option("--since <time>")
      .option("--until <time>");
  filtered(audit.command("list").description("list records, newest first"))
    .option("--limit <n>", "how many at most", "50")
    .action(async (_options, command: Command) =>
      (await import("./commands/audit.ts")).listAudit(command.optsWithGlobals()),
    );
  audit
    .command("get")
    .description("one record with its proof")
    .argument("<number>")
    .action(async (number: string, _options, command: Command) =>
      (await import("./commands/audit.ts")).getAudit(number, command.optsWithGlobals()),
    );
  filtered(audit.command("export").description("print records with their proofs, a line of JSON each")).action(
    async (_options, command: Command) => (await import("./commands/audit.ts")).exportAudit(command.optsWithGlobals()),
  );
  audit
    .command("keys")
    .description("print the public keys that checkpoints are verified with")
    .action(async (_options, command: Command) =>
      (await import("./commands/audit.ts")).auditKeys(command.optsWithGlobals()),
    );
  audit
    .command("verify")
    .description("recompute the chain there and here; ends with 10 and names the first broken record")
    .option("--file <export>", "verify this export instead")
    .option("--keys <file>", "public keys that were kept elsewhere (`muster audit keys`)")
    .option("--checkpoint <file>", "checkpoints that were kept elsewhere, one on each line")
    .action(async (_options, command: Command) =>
      (await import("./commands/audit-verify.ts")).verifyAudit(command.optsWithGlobals()),
    );
}
