import { get, query } from "./api.js";
import { empty, h, head, later, panel, share, table } from "./dom.js";
import { ago, count, severityTag, verdictTag } from "./format.js";

export function policies({ go, signal }) {
  return [
    head("Policies", "How devices should be, as questions they answer. Unknown and stale never count as pass."),
    later(get("/api/v1/policies", signal), ({ policies }) =>
      h(
        "section",
        { class: "panel" },
        policies.length === 0
          ? empty("No policies yet", h("code", {}, "muster policy create -f policy.yaml"))
          : table(
              ["Policy", "Severity", "Verdicts", "Pass", "Fail", "Unknown", "Stale"],
              policies.map((policy) => row(policy, go)),
            ),
      ),
    ),
  ];
}

function row(policy, go) {
  const counts = ["passCount", "failCount", "unknownCount", "staleCount"].map((name) => Number(policy[name]));
  const all = counts.reduce((total, each) => total + each, 0) || 1;
  const [pass, fail, unknown, stale] = counts;
  const bar = h(
    "div",
    { class: "bar", "aria-hidden": "true" },
    share((pass / all) * 100, "good"),
    share((fail / all) * 100, "bad"),
    share(((unknown + stale) / all) * 100, "other"),
  );
  return h(
    "tr",
    { class: "link", onclick: (event) => event.target.closest("a") || go(`/policies/${policy.id}`) },
    h(
      "td",
      {},
      h("a", { href: `/policies/${policy.id}` }, policy.name),
      !policy.enabled && h("span", { class: "tag" }, "Off"),
      h("div", { class: "sub" }, policy.description),
    ),
    h("td", {}, severityTag(policy.severity)),
    h("td", {}, bar),
    counts.map((value) => h("td", { class: "num" }, count(value))),
  );
}

export function policy({ signal }, id) {
  return later(get(`/api/v1/policies/${encodeURIComponent(id)}`, signal), (found) =>
    h(
      "div",
      { class: "stack" },
      head(found.name, found.description, severityTag(found.severity)),
      h(
        "div",
        { class: "two" },
        panel(
          "Question",
          h(
            "div",
            { class: "body stack" },
            h("pre", {}, found.query),
            h("span", { class: "faint small" }, "One row or more means pass, none means fail."),
          ),
        ),
        panel("What to do when it fails", h("div", { class: "body" }, found.resolution || "Nothing is written down.")),
      ),
      verdicts(found.id, signal),
    ),
  );
}

function verdicts(id, signal) {
  const rows = h("tbody");
  const more = h("button", { type: "button", hidden: true }, "Load more");
  const list = table(["Device", "Verdict", "Since", "Answered", "Why"], []);
  list.querySelector("tbody").replaceWith(rows);
  let pageToken = "";
  const load = async () => {
    const page = await get(`/api/v1/policies/${id}/verdicts${query({ pageSize: 100, pageToken })}`, signal);
    rows.append(
      ...page.verdicts.map((item) =>
        h(
          "tr",
          {},
          h("td", {}, h("a", { href: `/devices/${item.deviceId}` }, item.displayName || item.deviceId)),
          h("td", {}, verdictTag(item.verdict)),
          h("td", {}, ago(item.since)),
          h("td", {}, ago(item.answeredAt)),
          h("td", { class: "soft" }, item.reason),
        ),
      ),
    );
    pageToken = page.nextPageToken;
    more.hidden = pageToken === "";
    return rows.children.length;
  };
  more.addEventListener("click", () => void load());
  return later(load(), (found) =>
    panel(
      "Devices",
      found === 0 ? empty("It applies to no device yet") : h("div", {}, list, h("div", { class: "row body" }, more)),
    ),
  );
}
