import type { Machine } from "../machine/machine.ts";
import { defineTable } from "./table.ts";

/** EFI_GLOBAL_VARIABLE (UEFI specification, §3.3). */
const GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c";

/** No row where the firmware is not UEFI. */
export const secureboot = defineTable({
  name: "secureboot",
  columns: { secure_boot: "INTEGER", setup_mode: "INTEGER" },
  *generate(machine) {
    if (machine.status("/sys/firmware/efi/efivars") === undefined) return;
    yield { secure_boot: variable(machine, "SecureBoot"), setup_mode: variable(machine, "SetupMode") };
  },
});

/** The value follows four bytes of attributes. */
function variable(machine: Machine, name: string): number {
  return machine.bytes(`/sys/firmware/efi/efivars/${name}-${GLOBAL}`)?.[4] ?? 0;
}
