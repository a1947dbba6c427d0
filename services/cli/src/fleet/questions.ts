import { translateScript } from "./scripts.ts";
import { platformsOf, SELECTION_KEYS, selectionOf } from "./selection.ts";
import { list, mapping, type Place, type Translation, text, type Yaml } from "./translation.ts";

const POLICY_KEYS = [
  "name",
  "description",
  "query",
  "resolution",
  "critical",
  "team",
  "type",
  "run_script",
  ...SELECTION_KEYS,
];

/** A policy passes with a row, there and here, and a script of it runs where it begins to fail. */
export function translatePolicy(item: Yaml, translation: Translation, place: Place): void {
  translation.rest(place, item, POLICY_KEYS);
  if (text(item["query"]) === "") return translation.remark(place, "left out: it has no query of its own");
  const selection = selectionOf(item, translation, place);
  if (selection === undefined) return;
  const [description, resolution] = [text(item["description"]), text(item["resolution"])];
  const script = mapping(item["run_script"]);
  const at = { ...place, path: place.path === "" ? "run_script" : `${place.path}.run_script` };
  const remediationScript = Object.keys(script).length > 0 ? translateScript(script, translation, at) : undefined;
  const spec = {
    ...(description !== "" && { description }),
    query: text(item["query"]),
    severity: item["critical"] === true ? "critical" : "medium",
    ...(resolution !== "" && { resolution }),
    ...(remediationScript !== undefined && { remediationScript }),
    ...(Object.keys(selection).length > 0 && { selection }),
  };
  translation.add({ kind: "Policy", name: text(item["name"]), spec }, place);
}

const QUERY_KEYS = [
  "name",
  "description",
  "query",
  "interval",
  "platform",
  "min_osquery_version",
  "logging",
  "automations_enabled",
];

/** A query with an interval becomes a part of osquery's schedule. */
export function translateQuery(item: Yaml, translation: Translation, place: Place): void {
  translation.rest(place, item, QUERY_KEYS);
  const interval = Number(item["interval"] ?? 0);
  const name = text(item["name"]);
  if (interval <= 0) return translation.remark(place, "left out: it has no interval; `muster query` asks it");
  if (place.team !== undefined) translation.remark(place, "is asked of every host: a schedule is not for a team alone");
  if (translation.osquery.schedule[name] !== undefined)
    return translation.remark(place, `left out: another query is called "${name}"`);
  const logging = text(item["logging"]);
  const platforms = platformsOf(item, translation, place).length === 0 ? "" : text(item["platform"]);
  translation.osquery.schedule[name] = {
    query: text(item["query"]),
    interval,
    snapshot: logging === "" || logging === "snapshot",
    ...(logging === "differential_ignore_removals" && { removed: false }),
    ...(platforms !== "" && { platform: platforms }),
    ...(text(item["min_osquery_version"]) !== "" && { version: text(item["min_osquery_version"]) }),
  };
}

export function translateLabel(item: Yaml, translation: Translation, place: Place): void {
  translation.rest(place, item, ["name", "description", "query", "platform", "label_membership_type"]);
  const type = text(item["label_membership_type"]) || "dynamic";
  if (type !== "dynamic" && type !== "manual")
    return translation.remark(place, `left out: a label of the type ${type} has no counterpart`);
  const platforms = platformsOf(item, translation, place);
  const description = text(item["description"]);
  const spec = {
    ...(description !== "" && { description }),
    ...(type === "manual" ? { kind: "manual" } : { kind: "query", query: text(item["query"]) }),
    ...(platforms.length > 0 && { platforms }),
  };
  translation.add({ kind: "Label", name: text(item["name"]), spec }, place);
}

/** Translates each item of a list, with its place. */
export function each(
  value: unknown,
  translation: Translation,
  place: Place,
  translate: (item: Yaml, translation: Translation, place: Place) => void,
): void {
  list(value).forEach((item, index) =>
    translate(item, translation, { ...place, path: place.path === "" ? `${index}` : `${place.path}.${index}` }),
  );
}
