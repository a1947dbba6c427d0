import { get, post, stream } from "./api.js";
import { select } from "./devices.js";
import { h, head, problem, share } from "./dom.js";
import { count } from "./format.js";

const EXAMPLE = "SELECT name, version FROM os_version;";
const MAX_ROWS = 2_000;

export function liveQuery({ signal }) {
  const asked = new URLSearchParams(location.search).get("device");
  const sql = h("textarea", { rows: "6", "aria-label": "SQL", spellcheck: "false", value: EXAMPLE });
  const kind = select(
    "Whom to ask",
    [
      ["all", "All devices"],
      ["platform", "A platform"],
      ["label", "A label"],
      ["device", "One device"],
    ],
    asked ? "device" : "all",
  );
  const platform = select("Platform", [
    ["linux", "Linux"],
    ["macos", "macOS"],
    ["windows", "Windows"],
    ["chromeos", "ChromeOS"],
  ]);
  const label = h("select", { "aria-label": "Label" });
  const device = h("input", {
    placeholder: "Id, hostname or serial number",
    "aria-label": "Device",
    value: asked ?? "",
  });
  const choices = { platform, label, device };
  const choose = () => {
    for (const [name, element] of Object.entries(choices)) element.hidden = name !== kind.value;
  };
  kind.addEventListener("change", choose);
  choose();
  get("/api/v1/labels", signal).then(
    ({ labels }) => label.append(...labels.map(({ id, name }) => h("option", { value: id }, name))),
    () => undefined,
  );

  const run = h("button", { class: "primary" }, "Run");
  const stop = h("button", { type: "button", hidden: true }, "Stop");
  const results = h("div", { class: "stack" });
  const selectionOf = async () => {
    if (kind.value === "platform") return { platforms: [platform.value] };
    if (kind.value === "label") return { labelIds: [label.value] };
    if (kind.value === "device")
      return { deviceIds: [(await get(`/api/v1/devices/${encodeURIComponent(device.value.trim())}`)).id] };
    return {};
  };
  const submit = async (event) => {
    event.preventDefault();
    run.disabled = true;
    const leaving = new AbortController();
    const leave = () => leaving.abort();
    signal.addEventListener("abort", leave, { once: true });
    try {
      const live = await post("/api/v1/live-queries", { sql: sql.value, selection: await selectionOf() });
      stop.hidden = false;
      const end = () =>
        post(`/api/v1/live-queries/${live.id}/stop`)
          .catch(() => undefined)
          .then(leave);
      stop.addEventListener("click", end, { signal: leaving.signal });
      await follow(live, results, leaving.signal);
    } catch (error) {
      if (!leaving.signal.aborted) results.replaceChildren(problem(error));
    } finally {
      leave();
      run.disabled = false;
      stop.hidden = true;
    }
  };
  sql.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) event.currentTarget.form.requestSubmit();
  });
  return [
    head("Live query", "Ask devices a question in osquery's SQL and watch the answers arrive."),
    h(
      "form",
      { class: "panel", onsubmit: submit },
      h(
        "div",
        { class: "body stack" },
        sql,
        h(
          "div",
          { class: "row" },
          kind,
          platform,
          label,
          device,
          h("span", { class: "grow" }),
          h("span", { class: "faint small" }, "Ctrl + Enter"),
          stop,
          run,
        ),
      ),
    ),
    results,
  ];
}

async function follow(live, place, signal) {
  const targets = Number(live.targets);
  const progress = h("span", { class: "soft small num", role: "status" });
  const bar = h("div", { class: "bar", "aria-hidden": "true" });
  const headRow = h("tr");
  const body = h("tbody");
  const errors = h("div", { class: "stack" });
  const shown = h(
    "section",
    { class: "panel" },
    h("header", {}, h("h2", {}, "Answers"), progress),
    h("div", { class: "scroll" }, h("table", { class: "dense" }, h("thead", {}, headRow), body)),
  );
  place.replaceChildren(bar, shown, errors);
  let [answered, rows, failed, columns] = [0, 0, 0];
  const tell = (state) => {
    progress.textContent = `${count(answered)} of ${count(targets)} devices · ${count(rows)} rows${failed ? ` · ${count(failed)} failed` : ""}${state}`;
    bar.replaceChildren(share(targets === 0 ? 100 : (answered / targets) * 100));
  };
  tell(targets === 0 ? " · no device matches" : "");
  if (targets === 0) return;
  for await (const { answer, liveQuery } of stream(`/api/v1/live-queries/${live.id}/answers`, signal)) {
    if (liveQuery && liveQuery.state !== "running") {
      tell(` · ${liveQuery.state}`);
      if (answered >= Number(liveQuery.answered)) return;
    }
    if (!answer) continue;
    answered++;
    if (answer.error) {
      failed++;
      errors.append(problem({ message: `${answer.displayName}: ${answer.error}` }));
    }
    if (answer.rows.length > 0 && columns === undefined) {
      columns = [...new Set(answer.rows.flatMap((row) => Object.keys(row.columns)))];
      headRow.append(...["device", ...columns].map((name) => h("th", { scope: "col" }, name)));
    }
    const link = () => h("a", { href: `/devices/${answer.deviceId}` }, answer.displayName || answer.deviceId);
    for (const row of answer.rows) {
      rows++;
      // A browser with a million rows helps nobody; the command line takes them all.
      if (rows <= MAX_ROWS)
        body.append(
          h(
            "tr",
            {},
            h("td", {}, link()),
            columns.map((name) => h("td", { class: "cut mono" }, row.columns[name] ?? "")),
          ),
        );
    }
    tell(rows > MAX_ROWS ? ` · the first ${count(MAX_ROWS)} shown` : "");
    if (answered >= targets) return;
  }
}
