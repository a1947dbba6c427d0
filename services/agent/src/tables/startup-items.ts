import type { Machine } from "../machine/machine.ts";
import { readAccounts } from "../machine/passwd.ts";
import { readUnits } from "../machine/systemd.ts";
import { defineTable } from "./table.ts";

interface Item {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly source: string;
  readonly status: string;
  readonly username?: string;
}

export const startupItems = defineTable({
  name: "startup_items",
  columns: { name: "TEXT", path: "TEXT", args: "TEXT", type: "TEXT", source: "TEXT", status: "TEXT", username: "TEXT" },
  *generate(machine): Iterable<Item> {
    const homes = new Map(readAccounts(machine).map(({ directory, username }) => [directory, username]));
    for (const [home, username] of homes) {
      for (const item of autostart(machine, `${home}/.config/autostart`)) yield { ...item, username };
      for (const item of scripts(machine, `${home}/.config/autostart-scripts`)) yield { ...item, username };
    }
    yield* scripts(machine, "/etc/init.d");
    yield* autostart(machine, "/etc/xdg/autostart");
    for (const unit of readUnits(machine)) {
      yield {
        name: unit.get("Id") ?? "",
        path: unit.get("FragmentPath") ?? "",
        type: "systemd unit",
        source: unit.get("SourcePath") ?? "",
        status: unit.get("ActiveState") ?? "",
        username: unit.get("User") ?? "",
      };
    }
  },
});

function* autostart(machine: Machine, folder: string): Iterable<Item> {
  for (const file of machine.names(folder).filter((name) => name.endsWith(".desktop"))) {
    const text = machine.text(`${folder}/${file}`) ?? "";
    yield {
      name: /^Name=(.*)$/m.exec(text)?.[1] ?? file,
      path: /^Exec=(.*)$/m.exec(text)?.[1] ?? "",
      type: "Startup Item",
      source: `${folder}/`,
      status: /^Hidden=true$/m.test(text) ? "disabled" : "enabled",
    };
  }
}

function* scripts(machine: Machine, folder: string): Iterable<Item> {
  for (const name of machine.names(folder)) {
    if (machine.status(`${folder}/${name}`)?.isFile() !== true) continue;
    yield { name, path: `${folder}/${name}`, type: "Startup Item", source: `${folder}/`, status: "enabled" };
  }
}
