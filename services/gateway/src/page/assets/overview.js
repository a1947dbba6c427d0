import { events, get } from "./api.js";
import { empty, h, head, later, panel, share } from "./dom.js";
import { feedItem } from "./feed.js";
import { count, platform, severityTag } from "./format.js";

const FEED_LENGTH = 60;

export function overview({ may, signal }) {
  const counts = get("/api/v1/device-counts", signal);
  const policies = get("/api/v1/policies", signal);
  return [
    head("Overview", "Every device, as it is now."),
    later(Promise.all([counts, policies]), ([{ counts }, { policies }]) => tiles(counts, policies)),
    h(
      "div",
      { class: "two" },
      h(
        "div",
        { class: "stack" },
        later(counts, ({ counts }) => platforms(counts)),
        later(policies, ({ policies }) => failing(policies)),
      ),
      may("activity.read") && liveFeed(signal),
    ),
  ];
}

const sum = (rows, field) => rows.reduce((total, row) => total + Number(row[field]), 0);

const platformsText = (number) => (number === 1 ? "1 platform" : `${number} platforms`);

function tiles(counts, policies) {
  const [all, online] = [sum(counts, "count"), sum(counts, "online")];
  const judged = policies.filter((policy) => policy.enabled);
  const failing = judged.filter((policy) => Number(policy.failCount) > 0);
  const [pass, fail] = [sum(judged, "passCount"), sum(judged, "failCount")];
  const tile = (name, value, more, href) =>
    h(
      "a",
      { class: "panel tile", href },
      h("span", { class: "soft" }, name),
      h("span", { class: "value" }, value),
      h("span", { class: "faint small" }, more),
    );
  return h(
    "div",
    { class: "tiles" },
    tile("Devices", count(all), platformsText(new Set(counts.map((row) => row.platform)).size), "/devices"),
    tile(
      "Online now",
      count(online),
      all === 0 ? "none yet" : `${Math.round((online / all) * 100)} % of all`,
      "/devices?presence=online",
    ),
    tile("Failing policies", count(failing.length), `of ${count(judged.length)} in force`, "/policies"),
    tile(
      "Verdicts that pass",
      pass + fail === 0 ? "–" : `${Math.round((pass / (pass + fail)) * 100)} %`,
      `${count(fail)} fail`,
      "/policies",
    ),
  );
}

function platforms(counts) {
  const all = sum(counts, "count");
  const names = [...new Set(counts.map((row) => row.platform))].toSorted((a, b) =>
    platform(a).localeCompare(platform(b)),
  );
  const rows = names.map((name) => {
    const rows = counts.filter((row) => row.platform === name);
    const [total, online] = [sum(rows, "count"), sum(rows, "online")];
    return h(
      "div",
      {},
      h(
        "div",
        { class: "row between" },
        h("a", { href: `/devices?platform=${name.replace("PLATFORM_", "").toLowerCase()}` }, platform(name)),
        h(
          "span",
          { class: "soft small num" },
          `${count(total)} ${total === 1 ? "device" : "devices"}, ${count(online)} online`,
        ),
      ),
      h("div", { class: "bar", "aria-hidden": "true" }, share((total / all) * 100)),
    );
  });
  const body =
    all === 0
      ? empty("No devices yet", h("a", { href: "/enroll" }, "Enroll the first one"))
      : h("div", { class: "body platforms" }, rows);
  return panel("Platforms", body);
}

function failing(policies) {
  const worst = policies.filter((policy) => Number(policy.failCount) > 0).sort((a, b) => b.failCount - a.failCount);
  if (worst.length === 0) return panel("Failing policies", empty("Nothing fails", "Every answered policy passes."));
  const items = worst
    .slice(0, 8)
    .map((policy) =>
      h(
        "li",
        {},
        h("span", { class: "what" }, h("a", { href: `/policies/${policy.id}` }, policy.name)),
        severityTag(policy.severity),
        h("span", { class: "sub num" }, `${count(policy.failCount)} fail, ${count(policy.passCount)} pass`),
      ),
    );
  return panel(
    "Failing policies",
    h("ul", { class: "feed" }, items),
    h("a", { class: "small", href: "/policies" }, "All policies"),
  );
}

function liveFeed(signal) {
  const list = h("ul", { class: "feed", "aria-label": "Events as they happen" });
  const state = h("span", { class: "row small soft" }, h("span", { class: "dot" }), "Connecting");
  const onState = (live) =>
    state.replaceChildren(h("span", { class: live ? "dot on" : "dot" }), live ? "Live" : "Connecting again");
  const follow = async () => {
    const { activities } = await get(`/api/v1/activities?pageSize=30`, signal);
    list.append(...activities.map((activity) => feedItem(activity)));
    const from = activities[0]?.position ? `?afterPosition=${encodeURIComponent(activities[0].position)}` : "";
    for await (const activity of events(`/api/v1/events${from}`, signal, onState)) {
      list.prepend(feedItem(activity, { isNew: true }));
      while (list.children.length > FEED_LENGTH) list.lastChild.remove();
    }
  };
  follow().catch((error) => signal.aborted || state.replaceChildren(error.message));
  return panel("Happening now", list, state);
}
