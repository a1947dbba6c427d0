import { createHmac } from "node:crypto";
import type { Machine } from "./machine.ts";

const DMI = "/sys/class/dmi/id";

/** One DMI field as sysfs shows it, or "" where there is none (containers, many ARM boards) or only root may see it. */
export function dmi(machine: Machine, field: string): string {
  return (machine.text(`${DMI}/${field}`) ?? "").trim();
}

/**
 * The hardware's UUID; where the firmware has none, or only root may read it, one that is derived from machine-id.
 * machine-id(5) asks programs not to show it as it is, hence the keyed hash.
 */
export function hardwareUuid(machine: Machine): string {
  const told = dmi(machine, "product_uuid");
  if (/^[0-9a-f-]{36}$/i.test(told)) return told.toUpperCase();
  const id = (machine.mustText("/etc/machine-id") ?? "").trim();
  if (id === "") return "";
  const hex = createHmac("sha256", id).update("muster hardware uuid").digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)]
    .join("-")
    .toUpperCase();
}
