import type { Command } from "commander";
import { collect } from "./repeated-option.ts";

/** The commands about configuration profiles. */
export function addProfiles(muster: Command, apply: Command): void {
  const commands = () => import("./commands/profile.ts");
  apply
    .command("profiles")
    .description("make or replace configuration profiles, each named like its file")
    .argument("<file...>", "mobileconfig, signed or not")
    .option("--name <name>", "another name than the file's")
    .option("--label <label>", "devices with this label; may be repeated", collect)
    .option("--device <device>", "this device, by id, hostname or serial number; may be repeated", collect)
    .option("--platform <platform>", "devices of this platform; may be repeated", collect)
    .option("--user", "each user's channel instead of the device's own", false)
    .action(async (files: string[], _options, command: Command) =>
      (await commands()).applyProfiles(files, command.optsWithGlobals()),
    );
  muster
    .command("profile")
    .description("configuration profiles for Apple devices")
    .command("resend")
    .description("send one once more, to all devices on which it failed unless some are named")
    .argument("<name>", "its name or id")
    .option("--device <device>", "only this device, by id, hostname or serial number; may be repeated", collect)
    .action(async (name: string, _options, command: Command) =>
      (await commands()).resendProfile(name, command.optsWithGlobals()),
    );
}
