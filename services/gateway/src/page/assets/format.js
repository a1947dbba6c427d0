import { h } from "./dom.js";

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const STEPS = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [30, "day"],
  [12, "month"],
  [Infinity, "year"],
];

/** "3 min ago", with the exact time on demand. */
export function ago(iso) {
  if (!iso) return h("span", { class: "faint" }, "never");
  const date = new Date(iso);
  let value = (date - Date.now()) / 1_000;
  for (const [size, unit] of STEPS) {
    if (Math.abs(value) < size) {
      const text = unit === "second" && Math.abs(value) < 5 ? "now" : relative.format(Math.round(value), unit);
      return h("time", { datetime: iso, title: absolute.format(date) }, text);
    }
    value /= size;
  }
  return "";
}

export const count = (value) => Number(value).toLocaleString();

const PLATFORMS = { LINUX: "Linux", MACOS: "macOS", WINDOWS: "Windows", CHROMEOS: "ChromeOS" };

export const platform = (value) => PLATFORMS[value.replace("PLATFORM_", "")] ?? "Unknown";

/** COMMAND_STATE_QUEUED → Queued */
export function word(value, prefix) {
  const text = value.replace(prefix, "").replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** muster.inventory.v1.DeviceFactsChanged → Device facts changed */
export function eventName(type) {
  const words = type
    .split(".")
    .pop()
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const VERDICTS = { VERDICT_PASS: "good", VERDICT_FAIL: "bad", VERDICT_STALE: "warn" };

export const verdictTag = (verdict) =>
  h("span", { class: `tag ${VERDICTS[verdict] ?? ""}` }, word(verdict, "VERDICT_"));

const SEVERITIES = { SEVERITY_CRITICAL: "bad", SEVERITY_HIGH: "warn" };

export const severityTag = (severity) =>
  h(
    "span",
    { class: `tag ${SEVERITIES[severity] ?? ""}` },
    word(severity === "SEVERITY_UNSPECIFIED" ? "SEVERITY_MEDIUM" : severity, "SEVERITY_"),
  );

export const presence = (online) =>
  h(
    "span",
    { class: "row" },
    h("span", { class: online ? "dot on" : "dot", "aria-hidden": "true" }),
    online ? "Online" : "Offline",
  );
