import type { HardwareKind } from "@muster/event-formats/told-event";

/** Names by which vendors call their machines; what is named otherwise is unknown, not guessed at. */
const KINDS: readonly (readonly [HardwareKind, RegExp])[] = [
  ["virtual", /vmware|virtualbox|qemu|kvm|virtual machine|parallels|xen|bochs|google compute engine|amazon ec2/i],
  ["laptop", /macbook|thinkpad|ideapad|latitude|elitebook|probook|zbook|surface laptop|chromebook|laptop|notebook/i],
  ["desktop", /imac|macmini|mac mini|optiplex|thinkcentre|elitedesk|prodesk|desktop/i],
  ["server", /poweredge|proliant|primergy|thinksystem|server/i],
];

/** What a machine is, as far as its vendor and model say. */
export const hardwareKindOf = (vendor: string, model: string): HardwareKind =>
  KINDS.find(([, names]) => names.test(`${vendor} ${model}`))?.[0] ?? "unknown";
