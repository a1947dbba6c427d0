import { h } from "./dom.js";
import { ago, eventName } from "./format.js";

/** One event as a line of a feed. */
export function feedItem(activity, isNew = false) {
  const about = activity.data?.displayName ?? activity.data?.device?.displayName ?? activity.data?.path ?? "";
  const text = [about || activity.deviceId, detailOf(activity), activity.actor].filter(Boolean).join(" · ");
  const name = eventName(activity.type);
  return h(
    "li",
    { class: isNew ? "new" : "" },
    h("span", { class: "what" }, activity.deviceId ? h("a", { href: `/devices/${activity.deviceId}` }, name) : name),
    h("span", { class: "faint small" }, ago(activity.time)),
    text && h("span", { class: "sub" }, text),
  );
}

function detailOf({ data = {} }) {
  if (data.policyName)
    return `${data.policyName}: ${String(data.verdict ?? "")
      .replace("VERDICT_", "")
      .toLowerCase()}`;
  if (data.command?.type) return data.command.type.replace("COMMAND_TYPE_", "").replaceAll("_", " ").toLowerCase();
  if (data.method && data.status) return `${data.action} (${data.status})`;
  return "";
}
