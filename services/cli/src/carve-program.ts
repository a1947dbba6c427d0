import type { Command } from "commander";

/** The commands that bring files of devices here. */
export function addCarves(muster: Command): void {
  const carve = muster
    .command("carve")
    .description("files of devices that osquery sends; `get carves` lists what was asked for");
  const save = (command: Command) =>
    command.option("--to <file>", "where the tar archive is saved; - writes it to standard output");
  save(
    carve
      .command("start")
      .description("have a device send files; waits until they are here and saves them")
      .argument("<device>", "its id, hostname, serial number or hardware UUID")
      .argument("<path>", "a path or a pattern of SQL's like, such as /etc/ssh/%"),
  )
    .option("--timeout <span>", "wait no longer than this, such as 10m; the carve goes on", "10m")
    .option("--no-wait", "print the carve's id and do not wait")
    .action(async (device: string, path: string, _options, command: Command) =>
      (await import("./commands/carve.ts")).startCarve(device, path, command.optsWithGlobals()),
    );
  save(
    carve.command("save").description("save what a carve brought, for a day after it was asked for").argument("<id>"),
  ).action(async (id: string, _options, command: Command) =>
    (await import("./commands/carve.ts")).saveCarve(id, command.optsWithGlobals()),
  );
}
