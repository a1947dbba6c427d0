import type { Command } from "commander";
import { collect } from "./repeated-option.ts";

const SELECTED = "those that `get devices` lists for it, such as platform=linux,compliance=failing";

/** The commands that ask devices to answer or to do something. */
export function addQuestions(muster: Command): void {
  muster
    .command("query")
    .description("ask devices a question in SQL, now")
    .argument("<sql>")
    .option("--device <device>", "this device, by id, hostname or serial number; may be repeated", collect)
    .option("--label <label>", "devices with this label; may be repeated", collect)
    .option("--platform <platform>", "devices of this platform; may be repeated", collect)
    .option("--selector <selector>", SELECTED, collect)
    .option("--all", "every device")
    .option("--timeout <seconds>", "how long to wait for answers", "60")
    .action(async (sql: string, _options, command: Command) =>
      (await import("./commands/query.ts")).query(sql, command.optsWithGlobals()),
    );

  muster
    .command("script")
    .description("scripts on devices")
    .command("run")
    .description("run a script; waits, prints its output and ends with its exit code")
    .argument("[file]", "the script; - reads it from standard input")
    .option("--device <device>", "where; may be repeated", collect)
    .option("--selector <selector>", SELECTED, collect)
    .option("-y, --yes", "do not ask once more whether those of a selector are meant", false)
    .option("-c, --command <text>", "the script itself instead of a file")
    .option("--timeout <seconds>", "after how long the device ends it", "300")
    .option("--wait", "wait for the end", true)
    .option("--no-wait", "print the command's id and do not wait")
    .action(async (file: string | undefined, _options, command: Command) =>
      (await import("./commands/script.ts")).runScript(file, command.optsWithGlobals()),
    );
}
