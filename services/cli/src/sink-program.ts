import type { Command } from "commander";
import { collect } from "./repeated-option.ts";

/** The commands about systems that events are pushed to. */
export function addSinks(muster: Command): void {
  const commands = () => import("./commands/sink.ts");
  const sink = muster.command("sink").description("systems that events are pushed to");
  sink
    .command("create")
    .description("add sinks and begin to send")
    .requiredOption(
      "-f, --file <file>",
      "YAML or JSON: name, filter, format, start, and splunkHec, elasticsearch, syslog or file",
    )
    .action(async (_options, command: Command) => (await commands()).createSinks(command.optsWithGlobals()));
  sink
    .command("test")
    .description("send one marked event and tell what the other side said; ends with 8 when it did not take it")
    .argument("<id>")
    .action(async (id: string, _options, command: Command) =>
      (await commands()).testSink(id, command.optsWithGlobals()),
    );
  for (const [verb, about] of [
    ["pause", "send nothing more; the position stays"],
    ["resume", "send again, at once even when the other side failed before"],
  ] as const) {
    sink
      .command(verb)
      .description(about)
      .argument("<id>")
      .action(async (id: string, _options, command: Command) =>
        (await commands()).switchSink(id, verb, command.optsWithGlobals()),
      );
  }
  sink
    .command("replay")
    .description("send everything from there on once more")
    .argument("<id>")
    .option("--since <time>", "what happened at or after this time")
    .option("--from <position>", "what stands after this position; 0 is the first that is kept")
    .action(async (id: string, _options, command: Command) =>
      (await commands()).replaySink(id, command.optsWithGlobals()),
    );
  sink
    .command("dead-letters")
    .description("list the events that the other side refused, or decide about them")
    .argument("<id>")
    .option("--replay", "send them once more", false)
    .option("--drop", "remove them", false)
    .option("--event <id>", "only this event; may be repeated", collect)
    .option("--limit <n>", "how many are listed at most", "500")
    .action(async (id: string, _options, command: Command) =>
      (await commands()).deadLetters(id, command.optsWithGlobals()),
    );
}
