import {
  Activity,
  LayoutDashboard,
  type LucideIcon,
  MonitorSmartphone,
  PlugZap,
  ShieldCheck,
  SquareTerminal,
} from "lucide-react";

export interface MenuEntry {
  readonly to: "/" | "/devices" | "/query" | "/policies" | "/activity" | "/enroll";
  readonly text: string;
  readonly icon: LucideIcon;
  /** The right that its page needs; people without it do not see it. */
  readonly action: string;
}

interface MenuGroup {
  readonly title: string;
  readonly entries: readonly MenuEntry[];
}

/** What the menu and the command palette offer. */
export const MENU: readonly MenuGroup[] = [
  {
    title: "Fleet",
    entries: [
      { to: "/", text: "Overview", icon: LayoutDashboard, action: "device.read" },
      { to: "/devices", text: "Devices", icon: MonitorSmartphone, action: "device.read" },
      { to: "/query", text: "Live query", icon: SquareTerminal, action: "query.run" },
      { to: "/policies", text: "Policies", icon: ShieldCheck, action: "policy.read" },
      { to: "/enroll", text: "Enroll", icon: PlugZap, action: "device.read" },
    ],
  },
  {
    title: "Events",
    entries: [{ to: "/activity", text: "Activity", icon: Activity, action: "activity.read" }],
  },
];
