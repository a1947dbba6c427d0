import { posix } from "node:path";
import { translateScripts } from "./scripts.ts";
import { SELECTION_KEYS, selectionOf } from "./selection.ts";
import { list, mapping, type Place, type Translation, text, type Yaml } from "./translation.ts";

/** Fleet's name for it and the one it had before. */
const APPLE = ["apple_settings", "macos_settings"] as const;
const PROFILES = ["configuration_profiles", "custom_settings"] as const;
const UPDATES = { macos_updates: "macos", ios_updates: "ios", ipados_updates: "ipados" } as const;

/** Scripts, and profiles, declarations and updates for Apple's devices. */
export function translateControls(controls: Yaml, translation: Translation, place: Place): void {
  translation.rest(place, controls, ["scripts", ...APPLE, ...Object.keys(UPDATES)]);
  translateScripts(controls["scripts"], translation, { ...place, path: `${place.path}.scripts` });
  for (const settings of APPLE) {
    const inner = mapping(controls[settings]);
    const at = { ...place, path: `${place.path}.${settings}` };
    translation.rest(at, inner, PROFILES);
    for (const key of PROFILES)
      list(inner[key]).forEach((item, index) =>
        translateProfile(item, translation, { ...at, path: `${at.path}.${key}.${index}` }),
      );
  }
  for (const [key, platform] of Object.entries(UPDATES))
    translateUpdate(mapping(controls[key]), platform, translation, { ...place, path: `${place.path}.${key}` });
}

function translateProfile(item: Yaml, translation: Translation, place: Place): void {
  translation.rest(place, item, ["path", ...SELECTION_KEYS]);
  const file = posix.join(posix.dirname(place.file), text(item["path"]));
  const content = translation.read(file);
  if (content === undefined) return translation.remark(place, `left out: ${file} is not there`);
  const variables = [...new Set(content.match(/\$\{?FLEET_(VAR|SECRET)_[A-Z0-9_]+/g))];
  if (variables.length > 0)
    return translation.remark(place, `left out: Muster has other variables than ${variables.join(", ")}`);
  const selection = selectionOf(item, translation, place, ["macos", "ios", "ipados"]);
  if (selection === undefined) return;
  const base = posix.basename(file);
  const name = base.replace(/\.(mobileconfig|json)$/, "");
  if (base.endsWith(".mobileconfig"))
    return translation.add({ kind: "Profile", name, spec: { selection }, files: { content: file } }, place);
  const declaration = parsed(content);
  if (declaration === undefined) return translation.remark(place, `left out: ${file} is no JSON`);
  const { Type: type, Identifier: identifier, Payload: payload } = declaration;
  translation.add({ kind: "Declaration", name, spec: { type, identifier, payload, selection } }, place);
}

/** Fleet's deadline is noon of the day, in the device's own time. */
function translateUpdate(item: Yaml, platform: string, translation: Translation, place: Place): void {
  translation.rest(place, item, ["minimum_version", "deadline"]);
  // YAML takes a version such as 26.1 for a number.
  const least = item["minimum_version"];
  const [version, deadline] = [typeof least === "number" ? String(least) : text(least), text(item["deadline"])];
  if (version === "" || deadline === "") return;
  const softwareUpdate = { targetOsVersion: version, targetLocalDateTime: `${deadline}T12:00:00` };
  const selection = { ...(place.team !== undefined && { labels: [place.team] }), platforms: [platform] };
  const name = [place.team, platform, "update"].filter((part) => part !== undefined).join(" ");
  translation.add({ kind: "Declaration", name, spec: { softwareUpdate, selection } }, place);
}

function parsed(content: string): Yaml | undefined {
  try {
    return mapping(JSON.parse(content));
  } catch {
    return undefined;
  }
}
