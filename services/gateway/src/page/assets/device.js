import { get, post, query } from "./api.js";
import { commands } from "./device-commands.js";
import { facts } from "./device-facts.js";
import { empty, h, head, later, panel, toast } from "./dom.js";
import { feedItem } from "./feed.js";
import { ago, platform, presence, severityTag, verdictTag } from "./format.js";
import { tabs } from "./tabs.js";

export function device(context, id) {
  const { signal } = context;
  return later(get(`/api/v1/devices/${encodeURIComponent(id)}`, signal), (found) => show(context, found));
}

function show(context, found) {
  const { may, signal } = context;
  const path = `/api/v1/devices/${found.id}`;
  const views = [
    ["Facts", () => facts(path, signal)],
    may("policy.read") && [
      "Policies",
      () => later(get(`${path}/verdicts`, signal), ({ verdicts }) => policies(verdicts)),
    ],
    ["Software", () => software(path, signal)],
    may("command.read") && ["Commands", () => commands(context, found)],
    may("activity.read") && [
      "Timeline",
      () => later(get(`/api/v1/activities${query({ deviceId: found.id, pageSize: 100 })}`, signal), timeline),
    ],
  ].filter(Boolean);
  return h(
    "div",
    { class: "stack" },
    head(
      found.displayName || found.id,
      `${platform(found.platform)} · ${found.osName} ${found.osVersion}`,
      may("device.refetch") && refetchButton(path),
      may("query.run") && h("a", { class: "button", href: `/query?device=${encodeURIComponent(found.id)}` }, "Ask it"),
    ),
    found.duplicateOf &&
      h(
        "div",
        { class: "problem" },
        "This device claims the identity of ",
        h("a", { href: `/devices/${found.duplicateOf}` }, "another one"),
        ".",
      ),
    summary(found),
    tabs(views),
  );
}

function refetchButton(path) {
  const button = h("button", { type: "button" }, "Refetch");
  button.addEventListener("click", async () => {
    button.disabled = true;
    await post(`${path}/refetch`).then(
      () => toast("It is asked for all its facts at its next contact."),
      (error) => toast(error.message),
    );
    button.disabled = false;
  });
  return button;
}

function summary(found) {
  const pairs = [
    ["Presence", found.unenrolled ? "Unenrolled" : presence(found.online)],
    ["Last seen", ago(found.lastSeenAt)],
    ["Facts from", ago(found.factsAt)],
    ["Hostname", found.hostname],
    ["Address", found.primaryAddress],
    ["Serial", found.hardwareSerial],
    ["Model", `${found.hardwareVendor} ${found.hardwareModel}`.trim()],
    ["Hardware UUID", found.hardwareUuid],
    ["Agent", `${found.method.replace("METHOD_", "").toLowerCase()} ${found.agentVersion}`],
    ["Ownership", found.ownership.replace("OWNERSHIP_", "").toLowerCase()],
    ["Enrolled", ago(found.enrolledAt)],
    ["Id", h("span", { class: "mono" }, found.id)],
  ].filter(([, value]) => value);
  const half = Math.ceil(pairs.length / 2);
  const list = (part) =>
    h(
      "dl",
      { class: "pairs" },
      part.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
    );
  return h(
    "section",
    { class: "panel" },
    h("div", { class: "body two" }, list(pairs.slice(0, half)), list(pairs.slice(half))),
  );
}

const ORDER = ["VERDICT_FAIL", "VERDICT_STALE", "VERDICT_UNKNOWN", "VERDICT_PASS"];

function policies(verdicts) {
  if (verdicts.length === 0)
    return h(
      "section",
      { class: "panel" },
      empty("No policy applies", "Policies that select this device appear here."),
    );
  const sorted = [...verdicts].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return h("section", { class: "panel" }, sorted.map(verdict));
}

function verdict(item) {
  const evidence = item.evidence.map(({ columns }) => columns);
  return h(
    "div",
    { class: "verdict" },
    h(
      "div",
      { class: "row" },
      verdictTag(item.verdict),
      h("a", { class: "grow", href: `/policies/${item.policyId}` }, item.policyName),
      severityTag(item.severity),
      h("span", { class: "faint small" }, "since ", ago(item.since)),
    ),
    item.reason && h("div", { class: "soft" }, item.reason),
    item.verdict === "VERDICT_FAIL" && item.resolution && h("div", { class: "advice" }, item.resolution),
    evidence.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, `Evidence, answered `, ago(item.answeredAt)),
        h("pre", {}, JSON.stringify(evidence, null, 2)),
      ),
  );
}

function software(path, signal) {
  const place = h("div");
  const search = h("input", { type: "search", placeholder: "Search software …", "aria-label": "Search software" });
  const load = () => {
    place.replaceChildren(
      later(get(`${path}/software${query({ search: search.value })}`, signal), ({ software }) => {
        if (software.length === 0) return empty("Nothing found");
        const rows = software.map((item) =>
          h(
            "tr",
            {},
            [item.name, item.version, item.source, item.vendor].map((text) => h("td", {}, text)),
          ),
        );
        return h(
          "div",
          { class: "scroll" },
          h(
            "table",
            { class: "dense" },
            h(
              "thead",
              {},
              h(
                "tr",
                {},
                ["Name", "Version", "Source", "Vendor"].map((text) => h("th", {}, text)),
              ),
            ),
            h("tbody", {}, rows),
          ),
        );
      }),
    );
  };
  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(load, 200);
  });
  load();
  return panel("Software", place, search);
}

const timeline = ({ activities }) =>
  panel(
    "Timeline",
    activities.length === 0
      ? empty("Nothing happened yet")
      : h(
          "ul",
          { class: "feed" },
          activities.map((activity) => feedItem(activity, { named: false })),
        ),
  );
