import { posix } from "node:path";
import { parse } from "yaml";
import { translateControls } from "./controls.ts";
import { each, translateLabel, translatePolicy, translateQuery } from "./questions.ts";
import { translateSettings } from "./settings.ts";
import {
  isMapping,
  list,
  mapping,
  type Place,
  type Remark,
  type Translated,
  Translation,
  text,
  type Yaml,
} from "./translation.ts";

const NOBODYS = ["no-team.yml", "unassigned.yml"];

/**
 * Makes documents of a repository of Fleet's GitOps (fleetdm/fleet, docs "GitOps"): default.yml for all, and one file a team
 * in teams/ or fleets/. A team becomes a label that is put on by hand. What has no counterpart is remarked.
 */
export function translateFleet(files: ReadonlyMap<string, string>): {
  readonly documents: readonly Translated[];
  readonly remarks: readonly Remark[];
} {
  const translation = new Translation((file) => files.get(file));
  const mains = [...files.keys()]
    .filter((file) => /^(default\.ya?ml|(teams|fleets)\/[^/]+\.ya?ml)$/.test(file))
    .toSorted();
  for (const file of mains) {
    const content = contentOf(file, translation);
    const isNobodys = NOBODYS.includes(posix.basename(file));
    const name = text(content["name"]);
    const team = file.startsWith("default.") || isNobodys || name === "" ? undefined : name;
    const place: Place = { file, team, path: "" };
    if (isNobodys) {
      translation.remark(place, "left out: devices of no team have no counterpart; a label by query can find them");
      continue;
    }
    if (team !== undefined)
      translation.add({ kind: "Label", name: team, spec: { description: "A team of Fleet's", kind: "manual" } }, place);
    translateMain(content, translation, place);
  }
  const osquery = Object.fromEntries(
    Object.entries(translation.osquery).filter(([, part]) => Object.keys(part).length > 0),
  );
  if (Object.keys(osquery).length > 0)
    translation.documents.push({ kind: "OsqueryConfig", name: "default", spec: osquery });
  return { documents: translation.documents, remarks: translation.remarks };
}

const LISTS = { labels: translateLabel, policies: translatePolicy, queries: translateQuery, reports: translateQuery };
const SETTINGS = ["org_settings", "team_settings", "settings"];

function translateMain(content: Yaml, translation: Translation, place: Place): void {
  translation.rest(place, content, ["name", "controls", "agent_options", ...Object.keys(LISTS), ...SETTINGS]);
  for (const [key, translate] of Object.entries(LISTS)) {
    const items = list(content[key]);
    items.forEach((item, index) => {
      const at = { ...place, path: `${key}.${index}` };
      const path = text(item["path"]);
      if (path === "" || item["query"] !== undefined) return translate(item, translation, at);
      const inner = posix.join(posix.dirname(place.file), path);
      each(valueOf(inner, translation, at), translation, { ...place, file: inner, path: "" }, translate);
    });
  }
  const [controls, at] = part(content["controls"], { ...place, path: "controls" }, translation);
  translateControls(controls, translation, at);
  for (const key of SETTINGS) {
    const [settings, where] = part(content[key], { ...place, path: key }, translation);
    translateSettings(settings, translation, where);
  }
  const [options, where] = part(content["agent_options"], { ...place, path: "agent_options" }, translation);
  translateOptions(options, translation, where);
}

function translateOptions(options: Yaml, translation: Translation, place: Place): void {
  const config = mapping(options["config"]);
  translation.rest(place, options, ["config"]);
  translation.rest({ ...place, path: `${place.path}.config` }, config, ["options", "decorators"]);
  if (place.team !== undefined && Object.keys(config).length > 0)
    return translation.remark(place, "left out: osquery's configuration is one for all hosts");
  Object.assign(translation.osquery.options, mapping(config["options"]));
  Object.assign(translation.osquery.decorators, mapping(config["decorators"]));
}

/** A part of a file that may stand in a file of its own. */
function part(value: unknown, place: Place, translation: Translation): readonly [Yaml, Place] {
  const path = isMapping(value) ? text(value["path"]) : "";
  if (path === "") return [mapping(value), place];
  const file = posix.join(posix.dirname(place.file), path);
  return [mapping(valueOf(file, translation, place)), { ...place, file, path: "" }];
}

const contentOf = (file: string, translation: Translation): Yaml =>
  mapping(valueOf(file, translation, { file, team: undefined, path: "" }));

function valueOf(file: string, translation: Translation, place: Place): unknown {
  const content = translation.read(file);
  if (content === undefined) {
    translation.remark(place, `left out: ${file} is not there`);
    return undefined;
  }
  try {
    return parse(content) as unknown;
  } catch (error) {
    translation.remark({ ...place, file }, `left out: no YAML: ${(error as Error).message.split("\n")[0] ?? ""}`);
    return undefined;
  }
}
