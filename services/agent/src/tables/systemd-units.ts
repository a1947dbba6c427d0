import { objectPath, readUnits } from "../machine/systemd.ts";
import { defineTable } from "./table.ts";

export const systemdUnits = defineTable({
  name: "systemd_units",
  columns: {
    id: "TEXT",
    description: "TEXT",
    load_state: "TEXT",
    active_state: "TEXT",
    sub_state: "TEXT",
    unit_file_state: "TEXT",
    following: "TEXT",
    object_path: "TEXT",
    job_id: "BIGINT",
    job_type: "TEXT",
    job_path: "TEXT",
    fragment_path: "TEXT",
    user: "TEXT",
    source_path: "TEXT",
  },
  *generate(machine) {
    for (const unit of readUnits(machine)) {
      const id = unit.get("Id") ?? "";
      const job = unit.get("Job") || "0";
      yield {
        id,
        description: unit.get("Description"),
        load_state: unit.get("LoadState"),
        active_state: unit.get("ActiveState"),
        sub_state: unit.get("SubState"),
        unit_file_state: unit.get("UnitFileState"),
        following: unit.get("Following"),
        object_path: objectPath(id),
        job_id: job,
        job_path: job === "0" ? "/" : `/org/freedesktop/systemd1/job/${job}`,
        fragment_path: unit.get("FragmentPath"),
        user: unit.get("User"),
        source_path: unit.get("SourcePath"),
      };
    }
  },
});
