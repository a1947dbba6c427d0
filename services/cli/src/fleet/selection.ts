import { type Place, type Translation, text, texts, type Yaml } from "./translation.ts";

const PLATFORMS: Readonly<Record<string, string>> = {
  darwin: "macos",
  windows: "windows",
  linux: "linux",
  chrome: "chromeos",
  ios: "ios",
  ipados: "ipados",
  android: "android",
};

export const SELECTION_KEYS = ["platform", "labels_include_any", "labels_include_all", "labels_exclude_any"];

/** Platforms as Fleet lists them in one text, such as darwin,linux. */
export function platformsOf(item: Yaml, translation: Translation, place: Place): string[] {
  const names = text(item["platform"])
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  for (const name of names.filter((each) => PLATFORMS[each] === undefined))
    translation.remark({ ...place, path: `${place.path}.platform` }, `the platform ${name} is not known here`);
  return names.flatMap((name) => PLATFORMS[name] ?? []);
}

/**
 * Whom something is for. Nothing when that cannot be said here: it would be for more devices than it is meant for. A
 * selection names devices that have one of its labels, and a team is a label here.
 */
export function selectionOf(item: Yaml, translation: Translation, place: Place, also: readonly string[] = []) {
  const any = texts(item["labels_include_any"]);
  const all = texts(item["labels_include_all"]);
  const none = texts(item["labels_exclude_any"]);
  if (none.length > 0) {
    translation.remark(place, "left out: a selection cannot exclude labels; make a label by query for those it is for");
    return undefined;
  }
  if (all.length > 1 || (all.length === 1 && (any.length > 0 || place.team !== undefined))) {
    translation.remark(place, "left out: a selection cannot ask for several labels at once; make one label for it");
    return undefined;
  }
  const labels = [...any, ...all];
  if (labels.length > 0 && place.team !== undefined) {
    translation.remark(place, `left out: it is for a team and for labels at once; make one label for it`);
    return undefined;
  }
  const platforms = [...platformsOf(item, translation, place), ...also];
  const named = labels.length > 0 ? labels : place.team === undefined ? [] : [place.team];
  return { ...(named.length > 0 && { labels: named }), ...(platforms.length > 0 && { platforms }) };
}
