import { activity } from "./activity.js";
import { get, post } from "./api.js";
import { device } from "./device.js";
import { devices } from "./devices.js";
import { h, icon, toast } from "./dom.js";
import { enroll } from "./enroll.js";
import { overview } from "./overview.js";
import { policies, policy } from "./policies.js";
import { liveQuery } from "./query.js";
import { signIn } from "./sign-in.js";
import { webhooks } from "./webhooks.js";

const PLACES = [
  { path: /^\/$/, show: overview },
  { path: /^\/devices$/, show: devices },
  { path: /^\/devices\/([^/]+)$/, show: device },
  { path: /^\/query$/, show: liveQuery },
  { path: /^\/policies$/, show: policies },
  { path: /^\/policies\/([^/]+)$/, show: policy },
  { path: /^\/activity$/, show: activity },
  { path: /^\/webhooks$/, show: webhooks },
  { path: /^\/enroll$/, show: enroll },
];

const MENU = [
  ["/", "Overview", "", icon("M4 13h7V4H4zM13 20h7v-9h-7zM13 4v4h7V4zM4 20h7v-4H4z")],
  ["/devices", "Devices", "device.read", icon("M3 5h18v11H3zM8 20h8M12 16v4")],
  ["/query", "Live query", "query.run", icon("M5 7l5 5-5 5M12 17h7")],
  ["/policies", "Policies", "policy.read", icon("M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z", "M8.5 12l2.5 2.5 4.5-5")],
  ["/activity", "Activity", "activity.read", icon("M3 12h4l3-8 4 16 3-8h4")],
  ["/webhooks", "Webhooks", "webhook.read", icon("M9 15l6-6M10 6l2-2a4 4 0 016 6l-2 2M14 18l-2 2a4 4 0 01-6-6l2-2")],
  ["/enroll", "Enroll", "enrollment.secrets", icon("M12 5v14M5 12h14")],
];

const app = document.getElementById("app");
let me;
let leaving = new AbortController();

export function go(path) {
  history.pushState(null, "", path);
  void show();
}

async function show() {
  leaving.abort();
  leaving = new AbortController();
  if (location.pathname === "/sign-in") return showSignIn();
  try {
    me ??= await get("/api/v1/me");
  } catch (error) {
    if (error.status === 401) return showSignIn();
    app.replaceChildren(h("main", { id: "main" }, h("div", { class: "problem" }, error.message)));
    return;
  }
  const place = PLACES.find(({ path }) => path.test(location.pathname)) ?? PLACES[0];
  const [, ...parts] = place.path.exec(location.pathname) ?? [];
  const may = (action) => me.actions.includes(action);
  const main = h("main", { id: "main", tabindex: "-1" });
  app.replaceChildren(h("div", { class: "shell" }, sidebar(may), main));
  const content = place.show({ may, me, go, signal: leaving.signal }, ...parts.map(decodeURIComponent));
  main.append(...[content].flat());
  app.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function showSignIn() {
  me = undefined;
  const target = location.pathname === "/sign-in" ? "/" : location.pathname + location.search;
  app.replaceChildren(
    signIn(() => {
      history.replaceState(null, "", target);
      void show();
    }),
  );
}

function sidebar(may) {
  const links = MENU.filter(([, , action]) => action === "" || may(action)).map(([path, name, , picture]) => {
    const here = path === "/" ? location.pathname === "/" : location.pathname.startsWith(path);
    return h("a", { href: path, "aria-current": here ? "page" : undefined }, picture.cloneNode(true), name);
  });
  const leave = async () => {
    await post("/api/v1/sign-out").catch((error) => toast(error.message));
    history.replaceState(null, "", "/");
    showSignIn();
  };
  return h(
    "div",
    { class: "side" },
    h("a", { class: "brand", href: "/" }, h("img", { src: "/assets/icon.svg", alt: "" }), "Muster"),
    h("nav", { "aria-label": "Main" }, links),
    h(
      "div",
      { class: "who" },
      h(
        "div",
        {},
        h("strong", { title: me.actor }, me.actor),
        h("span", { class: "faint" }, `${me.role} · ${me.tenantId}`),
      ),
      h("div", {}, h("button", { class: "plain", type: "button", onclick: leave }, "Sign out")),
    ),
  );
}

// Links inside the page change the place without loading it anew.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/']");
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (link.hasAttribute("download") || link.getAttribute("href").startsWith("/api/")) return;
  event.preventDefault();
  go(link.getAttribute("href"));
});
addEventListener("popstate", () => void show());
addEventListener("signed-out", () => me !== undefined && showSignIn());
void show();
