import type { Command } from "commander";
import { collect } from "./repeated-option.ts";

/** The commands about the stream of events. */
export function addEvents(muster: Command): void {
  muster
    .command("events")
    .description("the stream of events")
    .command("tail")
    .description("print events as they happen")
    .option("--type <type>", "only this type; a trailing * stands for any rest; may be repeated", collect)
    .option("--service <service>", "only events of this service, such as policy; may be repeated", collect)
    .option("--label <label>", "only events about devices with this label; may be repeated", collect)
    .option("--device <device>", "only events about this device; may be repeated", collect)
    .option("--since <time>", "begin at this time, such as 2026-01-31T09:30:00Z, or so long ago, such as 90m, 2h or 3d")
    .option("--from-position <position>", "begin after this position; 0 is the first that is kept")
    .option("--format <format>", "print each event as cloudevents, ocsf, ecs or cef")
    .action(async (_options, command: Command) =>
      (await import("./commands/events.ts")).tailEvents(command.optsWithGlobals()),
    );
}
