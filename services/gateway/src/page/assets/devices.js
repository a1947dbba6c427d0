import { get, query } from "./api.js";
import { empty, h, head, problem, table } from "./dom.js";
import { ago, platform, presence } from "./format.js";

const HEADS = ["Name", "Platform", "Operating system", "Presence", "Last seen", "Hardware"];

export function devices({ go, signal }) {
  const asked = new URLSearchParams(location.search);
  const search = h("input", {
    type: "search",
    placeholder: "Name, serial, address …",
    "aria-label": "Search devices",
    value: asked.get("search") ?? "",
  });
  const onPlatform = select(
    "Platform",
    [
      ["", "All platforms"],
      ["linux", "Linux"],
      ["macos", "macOS"],
      ["windows", "Windows"],
      ["chromeos", "ChromeOS"],
    ],
    asked.get("platform"),
  );
  const isPresent = select(
    "Presence",
    [
      ["", "Online or not"],
      ["online", "Online"],
      ["offline", "Offline"],
    ],
    asked.get("presence"),
  );
  const place = h("section", { class: "panel" });
  let version = 0;

  const load = async () => {
    const mine = ++version;
    const filters = { search: search.value, platform: onPlatform.value, presence: isPresent.value };
    history.replaceState(null, "", `/devices${query(filters)}`);
    const rows = h("tbody");
    const more = h("button", { type: "button" }, "Load more");
    const foot = h("div", { class: "empty", hidden: true }, more);
    let pageToken = "";
    const page = async () => {
      more.disabled = true;
      const answer = await get(`/api/v1/devices${query({ ...filters, pageSize: 100, pageToken })}`, signal);
      if (mine !== version) return;
      rows.append(...answer.devices.map((device) => deviceRow(device, go)));
      pageToken = answer.nextPageToken;
      foot.hidden = pageToken === "";
      more.disabled = false;
    };
    more.addEventListener("click", () => page().catch((error) => place.append(problem(error))));
    try {
      await page();
      if (mine !== version) return;
      const shown = table(HEADS, []);
      shown.querySelector("tbody").replaceWith(rows);
      const filtered = Object.values(filters).some(Boolean);
      const nothing = filtered
        ? empty("No device matches", "Try fewer words or another platform.")
        : empty("No devices yet", h("a", { href: "/enroll" }, "Enroll the first one"));
      place.replaceChildren(...(rows.children.length === 0 ? [nothing] : [shown, foot]));
    } catch (error) {
      if (error.name !== "AbortError") place.replaceChildren(h("div", { class: "body" }, problem(error)));
    }
  };
  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(load, 200);
  });
  for (const filter of [onPlatform, isPresent]) filter.addEventListener("change", load);
  void load();
  return [
    head("Devices", "Search by name, hostname, serial number, hardware UUID or address."),
    h("div", { class: "row" }, h("div", { class: "grow" }, search), onPlatform, isPresent),
    place,
  ];
}

export function select(name, options, chosen) {
  const element = h(
    "select",
    { "aria-label": name },
    options.map(([value, text]) => h("option", { value }, text)),
  );
  element.value = chosen ?? options[0][0];
  return element;
}

function deviceRow(device, go) {
  const open = () => go(`/devices/${device.id}`);
  const sub = [device.primaryAddress, device.hardwareSerial].filter(Boolean).join(" · ");
  return h(
    "tr",
    { class: "link", onclick: (event) => event.target.closest("a") || open() },
    h(
      "td",
      {},
      h("a", { href: `/devices/${device.id}` }, device.displayName || device.id),
      h("div", { class: "sub" }, sub),
    ),
    h("td", {}, platform(device.platform)),
    h("td", {}, `${device.osName} ${device.osVersion}`),
    h("td", {}, device.unenrolled ? h("span", { class: "tag warn" }, "Unenrolled") : presence(device.online)),
    h("td", {}, ago(device.lastSeenAt)),
    h("td", {}, h("span", {}, device.hardwareModel), h("div", { class: "sub" }, device.hardwareVendor)),
  );
}
