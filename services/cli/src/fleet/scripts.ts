import { posix } from "node:path";
import { list, type Place, type Translation, text, type Yaml } from "./translation.ts";

/** The library of scripts of a team or of all: here it is one for all, and a script runs where it is asked for. */
export function translateScripts(scripts: unknown, translation: Translation, place: Place): void {
  list(scripts).forEach((item, index) => {
    const at = { ...place, path: `${place.path}.${index}` };
    translation.rest(at, item, ["path"]);
    translateScript(item, translation, at);
  });
}

/**
 * The name of the script at the path that an item gives, which becomes a document when it is none yet. Nothing when there
 * can be none here.
 */
export function translateScript(item: Yaml, translation: Translation, place: Place): string | undefined {
  const file = posix.join(posix.dirname(place.file), text(item["path"]));
  const known = translation.documents.find(({ kind, files }) => kind === "Script" && files?.["content"] === file);
  if (known !== undefined) return known.name;
  const content = translation.read(file);
  if (content === undefined) {
    translation.remark(place, `left out: ${file} is not there`);
    return undefined;
  }
  const secrets = [...new Set(content.match(/\$\{?FLEET_SECRET_[A-Z0-9_]+/g))];
  if (secrets.length > 0) {
    translation.remark(place, `left out: Muster keeps no ${secrets.join(", ")} for scripts`);
    return undefined;
  }
  const base = posix.basename(file);
  const isTaken = translation.documents.some(({ kind, name }) => kind === "Script" && name === base);
  const name = isTaken ? file : base;
  translation.add({ kind: "Script", name, spec: {}, files: { content: file } }, place);
  return name;
}
