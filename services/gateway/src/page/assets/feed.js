import { h } from "./dom.js";
import { ago, eventName } from "./format.js";
import { deviceName } from "./names.js";

/** One event as a line of a feed; where all are about one device, its name is left out. */
export function feedItem(activity, { isNew = false, named = true } = {}) {
  const { deviceId, type, time } = activity;
  const name = eventName(type);
  const about = h("span", {}, named && deviceId ? (activity.data?.displayName ?? "…") : "");
  if (about.textContent === "…") void deviceName(deviceId).then((text) => about.replaceChildren(text));
  const parts = [about.textContent && about, detailOf(activity), actorOf(activity)].filter(Boolean);
  return h(
    "li",
    { class: isNew ? "new" : "" },
    h("span", { class: "what" }, named && deviceId ? h("a", { href: `/devices/${deviceId}` }, name) : name),
    h("span", { class: "faint small" }, ago(time)),
    parts.length > 0 &&
      h(
        "span",
        { class: "sub" },
        parts.flatMap((part, index) => (index === 0 ? [part] : [" · ", part])),
      ),
  );
}

function detailOf({ data = {} }) {
  const { policyName, verdict, command, action, status, hostname, name } = data;
  if (policyName)
    return `${policyName}: ${String(verdict ?? "")
      .replace("VERDICT_", "")
      .toLowerCase()}`;
  if (command?.type) return command.type.replace("COMMAND_TYPE_", "").replaceAll("_", " ").toLowerCase();
  if (action && status) return `${action} (${status})`;
  return hostname ?? name ?? "";
}

// That a device or a policy caused what is told of it needs no saying.
const actorOf = ({ actor }) => (/^(device|policy):/.test(actor) ? "" : actor);
