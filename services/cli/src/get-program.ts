import type { Command } from "commander";
import { RESOURCES } from "./commands/resources.ts";
import { collect } from "./repeated-option.ts";

/** The commands that tell what there is. */
export function addGetting(muster: Command): void {
  muster
    .command("get")
    .description(
      `list ${Object.keys(RESOURCES).join(", ")}, or tell about one of them; secrets with --device are those of the device in escrow`,
    )
    .argument("<kind>")
    .argument("[thing]", "only this one, whole, by its id or name")
    .option("--search <text>", "only what contains this text")
    .option("--platform <platform>", "only devices of this platform")
    .option("--label <label>", "only devices with this label")
    .option("--software <name>", "only devices on which this is installed, by its exact name")
    .option("--presence <presence>", "only devices that are online, or offline")
    .option("--os-version <version>", "only devices with this version of their operating system")
    .option("--compliance <state>", "only devices that are failing, passing or unknown by the policies in force")
    .option(
      "--condition <condition>",
      "only devices with a fact that meets it, such as 'os_version.name starts_with Ubuntu'",
    )
    .option(
      "--selector <selector>",
      "only devices for which all of this holds, such as platform=linux,compliance=failing",
      collect,
    )
    .option("--device <device>", "only what belongs to this device")
    .option("--type <type>", "only events of this type; a trailing * stands for any rest", collect)
    .option("--service <service>", "for `get parked`: only what this service could not use")
    .option("--consumer <consumer>", "for `get parked`: only what this consumer could not use")
    .option("--state <state>", "for `get parked`: parked or dead")
    .option("--limit <n>", "how many at most", "500")
    .option("-w, --watch", "go on, and print each that is added, changed or removed", false)
    .option("--every <span>", "with --watch: how often to look", "2s")
    .action(async (kind: string, name: string | undefined, _options, command: Command) =>
      (await import("./commands/get.ts")).get(kind, name, command.optsWithGlobals()),
    );

  muster
    .command("describe")
    .description("tell everything about one thing that `get` lists")
    .argument("<kind>", "what it is, such as device or sink")
    .argument("<thing>", "its id or name; a device's hostname or serial number, too")
    .action(async (kind: string, name: string, _options, command: Command) =>
      (await import("./commands/describe.ts")).describe(kind, name, command.optsWithGlobals()),
    );
  muster
    .command("delete")
    .description("remove things that `get` lists; profiles and declarations go from the devices as well")
    .argument("<kind>", "what they are, such as policies")
    .argument("<thing...>", "their ids or names")
    .action(async (kind: string, names: string[], _options, command: Command) =>
      (await import("./commands/delete.ts")).remove(kind, names, command.optsWithGlobals()),
    );
}
