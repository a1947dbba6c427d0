import { sayingLines } from "../machine/fields.ts";
import type { Machine } from "../machine/machine.ts";
import { defineTable } from "./table.ts";

const FOLDERS = ["/etc/cron.d", "/var/spool/cron/crontabs", "/var/spool/cron"];

export const crontab = defineTable({
  name: "crontab",
  columns: {
    event: "TEXT",
    minute: "TEXT",
    hour: "TEXT",
    day_of_month: "TEXT",
    month: "TEXT",
    day_of_week: "TEXT",
    command: "TEXT",
    path: "TEXT",
  },
  *generate(machine) {
    for (const path of filesOf(machine)) {
      for (const line of sayingLines(machine.text(path))) {
        const event = /^(@\w+)\s+(.*)$/.exec(line);
        if (event !== null) {
          yield { event: event[1], command: event[2], path };
          continue;
        }
        const [minute, hour, dayOfMonth, month, dayOfWeek, ...command] = line.split(/\s+/);
        // A line such as PATH=/bin sets the environment of the jobs below it.
        if (command.length === 0 || /^[A-Za-z_]\w*\s*=/.test(line)) continue;
        yield {
          minute,
          hour,
          day_of_month: dayOfMonth,
          month,
          day_of_week: dayOfWeek,
          command: command.join(" "),
          path,
        };
      }
    }
  },
});

function filesOf(machine: Machine): readonly string[] {
  const files = FOLDERS.flatMap((folder) =>
    machine
      .names(folder)
      .filter((name) => !name.startsWith("."))
      .map((name) => `${folder}/${name}`),
  );
  return ["/etc/crontab", ...files].filter((file) => machine.status(file)?.isFile() === true);
}
