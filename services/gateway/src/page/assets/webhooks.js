import { get } from "./api.js";
import { empty, h, head, later, table } from "./dom.js";
import { ago, count } from "./format.js";

export function webhooks({ signal }) {
  return [
    head("Webhooks", "Who is told of events, after the Standard Webhooks specification."),
    later(get("/api/v1/webhooks", signal), ({ webhooks }) =>
      h(
        "section",
        { class: "panel" },
        webhooks.length === 0
          ? empty("No webhooks yet", h("code", {}, "muster webhook create https://… --name siem"))
          : table(["Webhook", "Health", "Events", "Waiting", "Dead letters", "Last success"], webhooks.map(row)),
      ),
    ),
  ];
}

function row(webhook) {
  const events = webhook.eventTypes.map((type) => type.split(".").pop()).join(", ") || "All";
  return h(
    "tr",
    {},
    h("td", {}, webhook.name, h("div", { class: "sub" }, webhook.url)),
    h("td", {}, health(webhook), webhook.disabledReason && h("div", { class: "sub" }, webhook.disabledReason)),
    h("td", { class: "cut" }, events),
    h("td", { class: "num" }, count(webhook.pendingCount)),
    h("td", { class: "num" }, count(webhook.deadCount)),
    h("td", {}, ago(webhook.lastSuccessAt)),
  );
}

function health({ enabled, consecutiveFailures, lastStatus }) {
  if (!enabled) return h("span", { class: "tag warn" }, "Disabled");
  if (consecutiveFailures > 0)
    return h("span", { class: "tag bad" }, `${consecutiveFailures} failed${lastStatus ? `, last ${lastStatus}` : ""}`);
  return lastStatus === 0 ? h("span", { class: "tag" }, "Not used yet") : h("span", { class: "tag good" }, "Healthy");
}
