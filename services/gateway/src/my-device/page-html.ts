import type { Doing, OwnerPage } from "../usecases/owner-page.ts";
import { MY_DEVICE } from "./owner-cookie.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

const frame = (title: string, body: string, head = ""): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${head}<title>${escaped(title)} · Muster</title>
<link rel="stylesheet" href="${MY_DEVICE}/style.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

/** Goes on to the page by itself: started by our own page, the request carries the cookie that was just set. */
export const openingHtml = (): string =>
  frame(
    "My device",
    `<h1>My device</h1><p><a href="${MY_DEVICE}">Go on to the page of your device</a></p>`,
    `<meta http-equiv="refresh" content="0;url=${MY_DEVICE}">\n`,
  );

/** A refusal begins in lower case and has no full stop; on a page it is a sentence. */
export const messageHtml = (title: string, text: string): string =>
  frame(title, `<h1>${escaped(title)}</h1><p>${escaped(text.charAt(0).toUpperCase() + text.slice(1))}.</p>`);

const when = (at: Date | undefined): string => {
  if (at === undefined) return "not known";
  const text = at.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  return `<time datetime="${at.toISOString()}">${text} UTC</time>`;
};

const list = (items: readonly string[], className: string): string =>
  `<ul class="${className}">${items.map((item) => `<li>${escaped(item)}</li>`).join("")}</ul>`;

const section = (id: string, heading: string, body: string): string =>
  `<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>${body}</section>`;

const seenList = (seen: OwnerPage["seen"]): string =>
  `<dl>${seen
    .map(({ says, value }) => `<div><dt>${escaped(says)}</dt><dd>${value === "" ? "" : escaped(value)}</dd></div>`)
    .join("")}</dl>`;

const unseenText = (unseen: OwnerPage["unseen"]): string =>
  unseen.length > 0
    ? list(unseen, "no")
    : "<p>Of all that devices of this kind tell by themselves, nothing is held back from your organisation. What it can do, listed next, lets it find out more.</p>";

const doable = ({ besides, told }: OwnerPage["may"], className: string): string => {
  const parts = [
    told.length > 0 && `<p>Tell the device to:</p>${list(told, className)}`,
    besides.length > 0 && `<p>Besides:</p>${list(besides, className)}`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join("") : "<p>Nothing.</p>";
};

const doing = ({ at, outcome, text, what, who }: Doing): string =>
  `<li><p><strong>${escaped(what)}</strong> <span class="outcome">${escaped(outcome)}</span></p>${
    text === "" ? "" : `<code>${escaped(text)}</code>`
  }<p class="aside">Asked by ${escaped(who)}, ${when(at)}</p></li>`;

const policies = ({ failing, passing }: OwnerPage): string => {
  const bad = failing
    .map(
      ({ advice, name, since }) =>
        `<li><p><strong>${escaped(name)}</strong></p><p>${
          advice === "" ? "Your organisation gave no advice for this. Ask its support." : escaped(advice)
        }</p><p class="aside">Since ${when(since)}</p></li>`,
    )
    .join("");
  const head = bad === "" ? "<p>Nothing is wrong with this device.</p>" : `<ul class="cards bad">${bad}</ul>`;
  return head + (passing.length === 0 ? "" : `<p>In order:</p>${list(passing, "yes")}`);
};

/** The page of one device. It has no script: what it says is complete when it arrives. */
export function pageHtml(page: OwnerPage, asked: boolean): string {
  const { doings, lastSeenAt, enrolledAt, may, mayNot, model, name, personal, registered, scripts, seen, unseen } =
    page;
  const whose = personal ? "This device is yours." : "This device belongs to your organisation.";
  const notes = [
    registered &&
      "To know the device again, the register of enrollments holds its serial number and name, and shows them to nobody.",
    scripts &&
      unseen.length > 0 &&
      "A script that your organisation runs on the device could print such things too. Each run is listed below.",
  ].filter((note) => note !== false);
  return frame(
    name,
    `<header><p class="kicker">My device</p><h1>${escaped(name)}</h1>
${name.includes(model) ? "" : `<p>${escaped(model)}</p>`}
<p><strong>${whose}</strong> It is managed since ${when(enrolledAt)} and was last heard of ${when(lastSeenAt)}.</p>
<p>Your organisation is not told that you look at this page.</p></header>
${asked ? `<p role="status" class="notice">The device is asked to tell everything anew. It does so as soon as it comes by.</p>` : ""}
${section("health", "What you should do", policies(page))}
${section("seen", "What your organisation can see", seenList(seen))}
${section("unseen", "What is never collected", unseenText(unseen) + notes.map((note) => `<p>${note}</p>`).join(""))}
${section("may", "What your organisation can do with it", doable(may, "yes"))}
${section("may-not", "What it cannot do with it", doable(mayNot, "no"))}
${section("doings", "What was done with it", doings.length === 0 ? "<p>Nobody asked anything of this device by hand.</p>" : `<ul class="cards">${doings.map(doing).join("")}</ul>`)}
${section("help", "Help yourself", `<p>Have you put something right? Let the device tell everything anew. Your organisation's record says that its owner asked.</p><form method="post" action="${MY_DEVICE}/refetch"><button>Check this device now</button></form>`)}
<form method="post" action="${MY_DEVICE}/leave" class="leave"><button class="quiet">Leave this page</button></form>`,
  );
}
