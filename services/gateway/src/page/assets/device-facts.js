import { get, query } from "./api.js";
import { empty, h, later, table } from "./dom.js";
import { ago } from "./format.js";

const MAX_ROWS = 200;

/** A device's facts, now or as they were at a time. */
export function facts(path, signal) {
  const place = h("div");
  const asOf = h("input", { type: "datetime-local", "aria-label": "As of", step: "1" });
  const now = h("button", { type: "button", class: "plain", hidden: true }, "Back to now");
  const load = () => {
    now.hidden = asOf.value === "";
    const time = asOf.value === "" ? "" : new Date(asOf.value).toISOString();
    place.replaceChildren(
      later(get(`${path}/facts${query({ asOf: time })}`, signal), ({ facts }) => render(facts, time)),
    );
  };
  asOf.addEventListener("change", load);
  now.addEventListener("click", () => {
    asOf.value = "";
    load();
  });
  load();
  return h(
    "div",
    { class: "stack" },
    h("div", { class: "row" }, h("label", { class: "row soft" }, "As it was at", asOf), now),
    place,
  );
}

function render(facts, time) {
  if (facts.length === 0) {
    const why = time === "" ? "The device has not answered its detail queries yet." : "Nothing was known at that time.";
    return h("section", { class: "panel" }, empty("No facts", why));
  }
  const sorted = [...facts].sort((a, b) => Number(isMany(a.value)) - Number(isMany(b.value)));
  return h("div", { class: "facts" }, sorted.map(fact));
}

const isMany = (value) => Array.isArray(value) && value.length > 1;

function fact({ name, value, since }) {
  const one = Array.isArray(value) && value.length === 1 ? value[0] : value;
  const title = name.replaceAll("_", " ");
  return h(
    "section",
    { class: isMany(value) ? "panel wide" : "panel" },
    h(
      "header",
      {},
      h("h2", {}, title.charAt(0).toUpperCase() + title.slice(1)),
      h("span", { class: "faint small" }, "since ", ago(since)),
    ),
    isMany(value) ? rows(value) : h("div", { class: "body" }, pairs(one)),
  );
}

function pairs(value) {
  if (typeof value !== "object" || value === null) return h("span", {}, String(value ?? "–"));
  const entries = Object.entries(value).filter(([, item]) => item !== "" && item !== null);
  if (entries.length === 0) return h("span", { class: "faint" }, "None");
  return h(
    "dl",
    { class: "pairs small" },
    entries.map(([name, item]) => [h("dt", {}, name), h("dd", {}, text(item))]),
  );
}

function rows(values) {
  const columns = [
    ...new Set(values.flatMap((row) => (typeof row === "object" && row !== null ? Object.keys(row) : ["value"]))),
  ];
  const cells = values.slice(0, MAX_ROWS).map((row) =>
    h(
      "tr",
      {},
      columns.map((column) => h("td", { class: "cut" }, text(row?.[column] ?? ""))),
    ),
  );
  const list = table(columns, cells, true);
  const rest = values.length - MAX_ROWS;
  if (rest <= 0 && values.length <= 12) return list;
  return h(
    "details",
    { class: "body" },
    h("summary", {}, rest > 0 ? `${values.length} rows, the first ${MAX_ROWS} here` : `${values.length} rows`),
    list,
  );
}

const text = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
