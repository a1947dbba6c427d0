import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import type { Search } from "./parts/use-filters.ts";
import { RouteFailed } from "./shell/route-failed.tsx";
import { Shell } from "./shell/shell.tsx";

const root = createRootRoute({
  component: Shell,
  errorComponent: RouteFailed,
  notFoundComponent: lazyRouteComponent(() => import("./pages/not-found/not-found.tsx"), "NotFound"),
  validateSearch: (search: Record<string, unknown>): Search =>
    Object.fromEntries(
      Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
});

const at = <const Path extends string>(path: Path) => ({ getParentRoute: () => root, path });

// One line a page. What the menu shows of them is in shell/menu.ts.
const pages = [
  createRoute({
    ...at("/"),
    component: lazyRouteComponent(() => import("./pages/overview/overview.tsx"), "Overview"),
  }),
  createRoute({
    ...at("/devices"),
    component: lazyRouteComponent(() => import("./pages/devices/devices.tsx"), "Devices"),
  }),
  createRoute({
    ...at("/devices/$deviceId"),
    component: lazyRouteComponent(() => import("./pages/device/device.tsx"), "Device"),
  }),
  createRoute({
    ...at("/query"),
    component: lazyRouteComponent(() => import("./pages/query/query.tsx"), "QueryPage"),
  }),
  createRoute({
    ...at("/osquery"),
    component: lazyRouteComponent(() => import("./pages/osquery/osquery.tsx"), "Osquery"),
  }),
  createRoute({
    ...at("/policies"),
    component: lazyRouteComponent(() => import("./pages/policies/policies.tsx"), "Policies"),
  }),
  createRoute({
    ...at("/policies/$policyId"),
    component: lazyRouteComponent(() => import("./pages/policy/policy.tsx"), "PolicyPage"),
  }),
  createRoute({
    ...at("/activity"),
    component: lazyRouteComponent(() => import("./pages/activity/activity.tsx"), "ActivityPage"),
  }),
  createRoute({
    ...at("/enroll"),
    component: lazyRouteComponent(() => import("./pages/enroll/enroll.tsx"), "Enroll"),
  }),
  createRoute({
    ...at("/commands"),
    component: lazyRouteComponent(() => import("./pages/commands/commands.tsx"), "Commands"),
  }),
  createRoute({
    ...at("/campaigns"),
    component: lazyRouteComponent(() => import("./pages/campaigns/campaigns.tsx"), "Campaigns"),
  }),
  createRoute({
    ...at("/webhooks"),
    component: lazyRouteComponent(() => import("./pages/webhooks/webhooks.tsx"), "Webhooks"),
  }),
  createRoute({
    ...at("/sinks"),
    component: lazyRouteComponent(() => import("./pages/sinks/sinks.tsx"), "Sinks"),
  }),
  createRoute({
    ...at("/sinks/$sinkId"),
    component: lazyRouteComponent(() => import("./pages/sink/sink-page.tsx"), "SinkPage"),
  }),
  createRoute({
    ...at("/subscribers"),
    component: lazyRouteComponent(() => import("./pages/subscribers/subscribers.tsx"), "Subscribers"),
  }),
  createRoute({
    ...at("/parked"),
    component: lazyRouteComponent(() => import("./pages/parked/parked.tsx"), "Parked"),
  }),
  createRoute({
    ...at("/health"),
    component: lazyRouteComponent(() => import("./pages/health/health.tsx"), "Health"),
  }),
  createRoute({
    ...at("/users"),
    component: lazyRouteComponent(() => import("./pages/users/users.tsx"), "Users"),
  }),
  createRoute({
    ...at("/roles"),
    component: lazyRouteComponent(() => import("./pages/roles/roles.tsx"), "Roles"),
  }),
  createRoute({
    ...at("/sign-in-providers"),
    component: lazyRouteComponent(() => import("./pages/providers/providers.tsx"), "Providers"),
  }),
  createRoute({
    ...at("/second-factor"),
    component: lazyRouteComponent(() => import("./pages/second-factor/second-factor.tsx"), "SecondFactor"),
  }),
  createRoute({
    ...at("/tokens"),
    component: lazyRouteComponent(() => import("./pages/tokens/tokens.tsx"), "Tokens"),
  }),
  createRoute({
    ...at("/labels"),
    component: lazyRouteComponent(() => import("./pages/labels/labels.tsx"), "Labels"),
  }),
  createRoute({
    ...at("/audit"),
    component: lazyRouteComponent(() => import("./pages/audit/audit.tsx"), "Audit"),
  }),
  createRoute({
    ...at("/scripts"),
    component: lazyRouteComponent(() => import("./pages/scripts/scripts.tsx"), "Scripts"),
  }),
  createRoute({
    ...at("/scripts/$scriptId"),
    component: lazyRouteComponent(() => import("./pages/script/script-page.tsx"), "ScriptPage"),
  }),
  createRoute({
    ...at("/approvals"),
    component: lazyRouteComponent(() => import("./pages/approvals/approvals.tsx"), "Approvals"),
  }),
  createRoute({
    ...at("/profiles"),
    component: lazyRouteComponent(() => import("./pages/profiles/profiles.tsx"), "Profiles"),
  }),
  createRoute({
    ...at("/profiles/$profileId"),
    component: lazyRouteComponent(() => import("./pages/profile/profile-page.tsx"), "ProfilePage"),
  }),
  createRoute({
    ...at("/declarations"),
    component: lazyRouteComponent(() => import("./pages/declarations/declarations.tsx"), "Declarations"),
  }),
  createRoute({
    ...at("/declarations/$declarationId"),
    component: lazyRouteComponent(() => import("./pages/declaration/declaration-page.tsx"), "DeclarationPage"),
  }),
  createRoute({
    ...at("/webhooks/$webhookId"),
    component: lazyRouteComponent(() => import("./pages/webhook/webhook-page.tsx"), "WebhookPage"),
  }),
  createRoute({
    ...at("/apple"),
    component: lazyRouteComponent(() => import("./pages/apple/apple.tsx"), "Apple"),
  }),
  createRoute({
    ...at("/settings"),
    component: lazyRouteComponent(() => import("./pages/settings/settings.tsx"), "Settings"),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(pages),
  defaultPreload: "intent",
  scrollRestoration: true,
  scrollToTopSelectors: ["#content"],
  // Every parameter is a string, written as it is: addresses that people read, write and send each other.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString();
    return text === "" ? "" : `?${text}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
