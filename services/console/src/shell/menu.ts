import {
  Activity,
  Apple,
  CalendarClock,
  CircleParking,
  Database,
  FileCheck,
  FileTerminal,
  HeartPulse,
  KeyRound,
  LayoutDashboard,
  ListChecks,
  LogIn,
  type LucideIcon,
  MonitorSmartphone,
  PlugZap,
  Rocket,
  Rss,
  ScrollText,
  Settings,
  ShieldCheck,
  SlidersHorizontal,
  Smartphone,
  SquareTerminal,
  Tags,
  UserCheck,
  UserCog,
  Users,
  Webhook,
} from "lucide-react";
import type { router } from "../routes.tsx";

export interface MenuEntry {
  readonly to: Exclude<keyof (typeof router)["routesByPath"], `${string}$${string}`>;
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
      { to: "/osquery", text: "osquery", icon: CalendarClock, action: "osquery.read" },
      { to: "/policies", text: "Policies", icon: ShieldCheck, action: "policy.read" },
      { to: "/profiles", text: "Profiles", icon: SlidersHorizontal, action: "profile.read" },
      { to: "/declarations", text: "Declarations", icon: FileCheck, action: "declaration.read" },
      { to: "/labels", text: "Labels", icon: Tags, action: "label.read" },
      { to: "/enroll", text: "Enroll", icon: PlugZap, action: "device.read" },
      { to: "/apple", text: "Apple", icon: Apple, action: "enrollment.read" },
    ],
  },
  {
    title: "Work",
    entries: [
      { to: "/scripts", text: "Scripts", icon: FileTerminal, action: "script.read" },
      { to: "/commands", text: "Commands", icon: ListChecks, action: "command.read" },
      { to: "/campaigns", text: "Campaigns", icon: Rocket, action: "campaign.read" },
      { to: "/approvals", text: "Approvals", icon: UserCheck, action: "campaign.read" },
    ],
  },
  {
    title: "Events",
    entries: [
      { to: "/activity", text: "Activity", icon: Activity, action: "activity.read" },
      { to: "/webhooks", text: "Webhooks", icon: Webhook, action: "webhook.read" },
      { to: "/sinks", text: "Sinks", icon: Database, action: "sink.read" },
      { to: "/subscribers", text: "Subscribers", icon: Rss, action: "subscriber.read" },
      { to: "/parked", text: "Parked events", icon: CircleParking, action: "parked.read" },
      { to: "/health", text: "Health", icon: HeartPulse, action: "backbone.read" },
    ],
  },
  {
    title: "Access",
    entries: [
      { to: "/audit", text: "Audit", icon: ScrollText, action: "audit.read" },
      { to: "/users", text: "Users", icon: Users, action: "user.read" },
      { to: "/roles", text: "Roles", icon: UserCog, action: "role.read" },
      { to: "/sign-in-providers", text: "Sign-in providers", icon: LogIn, action: "sign_in_provider.read" },
      { to: "/second-factor", text: "Second factor", icon: Smartphone, action: "self.write" },
      { to: "/tokens", text: "API tokens", icon: KeyRound, action: "token.read" },
      { to: "/settings", text: "Settings", icon: Settings, action: "enrollment.secrets" },
    ],
  },
];
