import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a kubelet sets for the whole machine, as no network or mount of its own shields it. */
const SETTINGS = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
];

/** @returns puts them back as they are now */
export function keepKernelSettings(): () => void {
  const kept = SETTINGS.map((setting) => {
    const file = join("/proc/sys", setting);
    return { file, value: readFileSync(file, "utf8") };
  });
  return () => {
    for (const { file, value } of kept) writeFileSync(file, value);
  };
}
