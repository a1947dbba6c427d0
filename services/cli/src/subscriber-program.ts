import type { Command } from "commander";
import { collect } from "./repeated-option.ts";

/** The commands about programs that pull events from the bus. */
export function addSubscribers(muster: Command): void {
  const commands = () => import("./commands/subscriber.ts");
  const subscriber = muster.command("subscriber").description("programs that pull events from the bus");
  subscriber
    .command("create")
    .description("make one and print its credentials, this one time")
    .requiredOption("--name <name>", "a name for people")
    .option("--type <type>", "only events of this type; a trailing * stands for any rest; may be repeated", collect)
    .option("--service <service>", "only events of this service; may be repeated", collect)
    .option("--label <label>", "only events of devices with this label; may be repeated", collect)
    .option("--device <device>", "only events of this device; may be repeated", collect)
    .option("--format <format>", "cloudevents, ocsf, ecs or cef")
    .option("--since <time>", "begin with what was kept at or after this time")
    .option("--from <position>", "begin after this position; 0 is the first that is kept")
    .option("--buffer <mib>", "how many MiB of events wait for it at most")
    .action(async (_options, command: Command) => (await commands()).createSubscriber(command.optsWithGlobals()));
  subscriber
    .command("get")
    .description("tell everything about one, save for its credentials")
    .argument("<id>")
    .action(async (id: string, _options, command: Command) =>
      (await commands()).getSubscriber(id, command.optsWithGlobals()),
    );
  subscriber
    .command("rotate")
    .description("make new credentials and print them; the old ones work for a day as well")
    .argument("<id>")
    .option("--overlap <seconds>", "for how long the old ones work instead")
    .option("--now", "end the old ones and their connections at once", false)
    .action(async (id: string, _options, command: Command) =>
      (await commands()).rotateSubscriber(id, command.optsWithGlobals()),
    );
  subscriber
    .command("replay")
    .description("put everything from there on into its stream once more; what waits there goes")
    .argument("<id>")
    .option("--since <time>", "what was kept at or after this time")
    .option("--from <position>", "what stands after this position; 0 is the first that is kept")
    .action(async (id: string, _options, command: Command) =>
      (await commands()).replaySubscriber(id, command.optsWithGlobals()),
    );
  subscriber
    .command("revoke")
    .description("end its connections at once, and remove its stream")
    .argument("<id>")
    .action(async (id: string, _options, command: Command) =>
      (await commands()).revokeSubscriber(id, command.optsWithGlobals()),
    );
}
