import { get, query } from "./api.js";
import { empty, h, head, later, panel } from "./dom.js";
import { feedItem } from "./feed.js";

export function activity({ signal }) {
  const search = h("input", { type: "search", placeholder: "Search events …", "aria-label": "Search events" });
  const place = h("div");
  const load = () => {
    const list = h("ul", { class: "feed" });
    const more = h("button", { type: "button" }, "Load more");
    const foot = h("div", { class: "empty", hidden: true }, more);
    let pageToken = "";
    const page = async () => {
      const answer = await get(
        `/api/v1/activities${query({ search: search.value, pageSize: 100, pageToken })}`,
        signal,
      );
      list.append(...answer.activities.map((item) => feedItem(item)));
      pageToken = answer.nextPageToken;
      foot.hidden = pageToken === "";
    };
    more.addEventListener("click", () => void page());
    place.replaceChildren(
      later(page(), () =>
        panel("Events", list.children.length === 0 ? empty("Nothing found") : h("div", {}, list, foot)),
      ),
    );
  };
  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(load, 250);
  });
  load();
  return [head("Activity", "Everything that happened, newest first."), search, place];
}
