import type { Command } from "commander";

/** The commands about what devices were asked, and about what of theirs is kept. */
export function addCommands(muster: Command): void {
  const commands = muster.command("command").description("what devices were asked to do");
  commands
    .command("get")
    .argument("<id>")
    .action(async (id: string, _options, command: Command) =>
      (await import("./commands/command.ts")).getCommand(id, command.optsWithGlobals()),
    );
  commands
    .command("cancel")
    .argument("<id>")
    .action(async (id: string, _options, command: Command) =>
      (await import("./commands/command.ts")).cancelCommand(id, command.optsWithGlobals()),
    );
  muster
    .command("reveal")
    .description("print a secret of a device that is kept in escrow; who reads it and why is on the record")
    .argument("<device>", "its id, hostname or serial number")
    .argument("<secret>", "its id from `get secrets --device`, or its kind for the newest, such as disk-recovery-key")
    .requiredOption("--reason <text>", "why it has to be read")
    .action(async (device: string, secret: string, _options, command: Command) =>
      (await import("./commands/device-secret.ts")).reveal(device, secret, command.optsWithGlobals()),
    );
}
