import { h } from "./dom.js";

let ids = 0;

/** Tabs that load what they show when they are opened, worked by mouse and arrow keys. */
export function tabs(views) {
  const id = `tabs-${ids++}`;
  const place = h("div", { role: "tabpanel", id: `${id}-panel`, tabindex: "0" });
  const buttons = views.map(([name, render], index) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `${id}-${index}`,
        "aria-controls": place.id,
        onclick: () => open(index, render),
      },
      name,
    ),
  );
  const open = (index, render) => {
    buttons.forEach((button, each) => {
      button.setAttribute("aria-selected", String(each === index));
      button.tabIndex = each === index ? 0 : -1;
    });
    place.setAttribute("aria-labelledby", buttons[index].id);
    place.replaceChildren(render());
  };
  const list = h("div", { class: "tabs", role: "tablist" }, buttons);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    buttons[next].focus();
    buttons[next].click();
  });
  open(0, views[0][1]);
  return h("div", { class: "stack" }, list, place);
}
