import type { Command } from "commander";

/** The commands that take over what another server knew. */
export function addImports(muster: Command): void {
  muster
    .command("import")
    .description("take over what another server knew")
    .command("apple-devices")
    .description("what another server knew of Apple devices, so that they find it here when they come")
    .requiredOption("-f, --file <file>", "one JSON object a line: udid, serialNumber, diskRecoveryKey, …; - for stdin")
    .requiredOption("--source <name>", "where they are from, for people")
    .action(async (_options, command: Command) =>
      (await import("./commands/import-apple.ts")).importAppleDevices(command.optsWithGlobals()),
    );
}
