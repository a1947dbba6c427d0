import type { Command } from "commander";

/** The commands about what devices enroll with. */
export function addEnrolling(muster: Command): void {
  const commands = () => import("./commands/enroll.ts");
  const enroll = muster.command("enroll").description("what devices enroll with");
  for (const kind of ["token", "secret"] as const) {
    const use = kind === "token" ? "for Muster's agent, for one device" : "for osquery and fleetd, for many devices";
    const about = enroll.command(kind).description(use);
    const made = about
      .command("create")
      .description(`make a new ${kind} ${use} and print it`)
      .option("--name <name>", "a name for people", "made by muster")
      .option("--expires <time>", "after this time it is refused")
      .option("--personal", "the devices belong to persons", false);
    if (kind === "token") made.option("--uses <n>", "how many devices may use it");
    made.action(async (_options, command: Command) =>
      (await commands()).createEnrollment(kind, command.optsWithGlobals()),
    );
    if (kind === "token")
      about
        .command("rotate")
        .description("make another text for a token and print it; the one before is useless at once")
        .argument("<token>", "its id or name")
        .action(async (token: string, _options, command: Command) =>
          (await commands()).rotateEnrollment(token, command.optsWithGlobals()),
        );
  }
}
