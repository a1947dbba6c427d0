/** Makes an element: properties, "on…" listeners, attributes; children are nodes or text, never markup. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value" || name === "disabled" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A line icon from path data. */
export function icon(...paths) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    viewBox: "0 0 24 24",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "1.8",
    "aria-hidden": "true",
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** A share of a bar; the page's policy forbids style attributes, so the width goes through the object model. */
export function share(percent, kind = "") {
  const part = h("i", { class: kind });
  part.style.width = `${percent}%`;
  return part;
}

export const panel = (title, body, ...beside) =>
  h("section", { class: "panel" }, h("header", {}, h("h2", {}, title), h("div", { class: "row" }, ...beside)), body);

export const empty = (title, ...more) => h("div", { class: "empty" }, h("strong", {}, title), h("span", {}, ...more));

export const problem = (error) => h("div", { class: "problem", role: "alert" }, error.message);

export function head(title, about, ...actions) {
  document.title = `${title} · Muster`;
  return h(
    "div",
    { class: "head" },
    h("div", {}, h("h1", {}, title), about && h("p", {}, about)),
    h("div", { class: "row" }, ...actions),
  );
}

export function table(heads, rows, dense = false) {
  const head = h(
    "tr",
    {},
    heads.map((text) => h("th", { scope: "col" }, text)),
  );
  return h(
    "div",
    { class: "scroll" },
    h("table", { class: dense ? "dense" : "" }, h("thead", {}, head), h("tbody", {}, rows)),
  );
}

export function toast(text) {
  const element = h("div", { class: "toast" }, text);
  document.getElementById("toasts").append(element);
  setTimeout(() => element.remove(), 5_000);
}

/** Shows a place for what comes, then what came, or why it did not. */
export function later(promise, render) {
  const place = h("div", { "aria-busy": "true" }, h("div", { class: "empty" }, "Loading …"));
  promise.then(
    (value) => place.replaceWith(render(value)),
    (error) => error.name !== "AbortError" && place.replaceWith(problem(error)),
  );
  return place;
}
