import { resolve } from "node:path";
import { expandPattern } from "./expand-pattern.ts";
import { sayingLines } from "./fields.ts";
import type { Machine } from "./machine.ts";

const CONFIG = "/etc/ssh/sshd_config";

/** The settings baselines look at, with what sshd does when none is given (sshd_config(5)). */
const DEFAULTS: Readonly<Record<string, string>> = {
  permitrootlogin: "prohibit-password",
  passwordauthentication: "yes",
  permitemptypasswords: "no",
  pubkeyauthentication: "yes",
  x11forwarding: "no",
  maxauthtries: "6",
  allowtcpforwarding: "yes",
  loglevel: "INFO",
};

/** The first value sshd meets counts; what stands in a Match block does not hold for everyone and is left out. */
export function* sshdSettings(machine: Machine) {
  if (machine.status(CONFIG) === undefined) return;
  const found = new Map<string, { value: string; source: string }>();
  if (machine.text(CONFIG) === undefined) return;
  readInto(machine, CONFIG, found);
  for (const [keyword, standard] of Object.entries(DEFAULTS)) {
    const { value, source } = found.get(keyword) ?? { value: standard, source: "default" };
    yield { name: `sshd_${keyword}`, value, source };
  }
}

function readInto(machine: Machine, source: string, found: Map<string, { value: string; source: string }>): void {
  for (const line of sayingLines(machine.text(source))) {
    const [, keyword = "", rest = ""] = /^(\w+)[\s=]+(.*)$/.exec(line) ?? [];
    const key = keyword.toLowerCase();
    if (key === "match") return;
    if (key === "include") {
      for (const pattern of rest.split(/\s+/)) {
        const path = resolve("/etc/ssh", pattern).replaceAll("*", "%");
        for (const included of expandPattern(machine, path)) readInto(machine, included, found);
      }
    } else if (!found.has(key)) found.set(key, { value: rest.replace(/^"(.*)"$/, "$1"), source });
  }
}
