import type { Command } from "commander";
import { collect } from "./repeated-option.ts";

/** The commands that tell what there is. */
export function addGetting(muster: Command): void {
  muster
    .command("get")
    .description(
      "list devices, software, labels, policies, profiles, declarations, webhooks, sinks, subscribers, commands, campaigns, activities, users, tokens, secrets (with --device, those of the device in escrow), parked (events) or backbone; or get one device",
    )
    .argument("<kind>")
    .argument("[name]", "for `get device`: its id, hostname or serial number")
    .option("--search <text>", "only what contains this text")
    .option("--platform <platform>", "only devices of this platform")
    .option("--label <label>", "only devices with this label")
    .option("--device <device>", "only what belongs to this device")
    .option("--type <type>", "only events of this type; a trailing * stands for any rest", collect)
    .option("--service <service>", "for `get parked`: only what this service could not use")
    .option("--consumer <consumer>", "for `get parked`: only what this consumer could not use")
    .option("--state <state>", "for `get parked`: parked or dead")
    .option("--limit <n>", "how many at most", "500")
    .action(async (kind: string, name: string | undefined, _options, command: Command) =>
      (await import("./commands/get.ts")).get(kind, name, command.optsWithGlobals()),
    );

  const describe = muster.command("describe").description("tell everything about one thing");
  describe
    .command("device")
    .argument("<device>", "its id, hostname or serial number")
    .action(async (name: string, _options, command: Command) =>
      (await import("./commands/describe.ts")).describeDevice(name, command.optsWithGlobals()),
    );
  describe
    .command("sink")
    .argument("<id>", "its id, from `get sinks`")
    .action(async (id: string, _options, command: Command) =>
      (await import("./commands/sink.ts")).describeSink(id, command.optsWithGlobals()),
    );
  describe
    .command("parked")
    .argument("<id>", "a parked event's id, from `get parked`")
    .action(async (id: string, _options, command: Command) =>
      (await import("./commands/parked.ts")).describeParked(id, command.optsWithGlobals()),
    );
}
