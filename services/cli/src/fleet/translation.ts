import { isDeepStrictEqual } from "node:util";

/** A document that was made of Fleet's. */
export interface Translated {
  readonly kind: string;
  readonly name: string;
  readonly spec: Record<string, unknown>;
  /** Fleet's file whose content belongs to a field, by field. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What has no counterpart, or another meaning here. */
export interface Remark {
  readonly file: string;
  /** The key in the file, such as policies.0.run_script. */
  readonly path: string;
  readonly message: string;
}

export type Yaml = Record<string, unknown>;

/** Where in Fleet's files something stands: the file, the team it is for, and its key. */
export interface Place {
  readonly file: string;
  /** The label that stands for the team; none in the file for all. */
  readonly team: string | undefined;
  readonly path: string;
}

export type ReadFile = (file: string) => string | undefined;

/** Gathers what becomes of Fleet's files. */
export class Translation {
  /** What a file of the repository holds. */
  readonly read: ReadFile;
  readonly documents: Translated[] = [];
  readonly remarks: Remark[] = [];
  /** osquery's configuration is one for all. */
  readonly osquery: { options: Yaml; decorators: Yaml; schedule: Yaml } = { options: {}, decorators: {}, schedule: {} };

  constructor(read: ReadFile) {
    this.read = read;
  }

  /** Names are a team's own there, and here everybody's: what several teams have alike is one thing that is for all of them. */
  add(document: Translated, place: Place): void {
    const { kind, name, spec } = document;
    const own = place.team === undefined || !isMapping(spec["selection"]) ? name : `${place.team} ${name}`;
    for (const each of new Set([name, own])) {
      const known = this.documents.find((other) => other.kind === kind && other.name === each);
      if (known === undefined) return void this.documents.push({ ...document, name: each });
      if (isAlike(known, document)) return widen(known, document);
    }
    this.remark(place, `left out: there is a ${kind} "${name}" already`);
  }

  remark({ file, path }: Place, message: string): void {
    this.remarks.push({ file, path, message });
  }

  /** Tells of the keys that nothing was made of. */
  rest(place: Place, item: Yaml, known: readonly string[]): void {
    for (const [key, value] of Object.entries(item)) {
      if (known.includes(key) || isNothing(value)) continue;
      this.remark({ ...place, path: place.path === "" ? key : `${place.path}.${key}` }, "has no counterpart");
    }
  }
}

/** Whether two say the same, of devices with whatever labels. */
function isAlike(one: Translated, other: Translated): boolean {
  const said = ({ spec, files }: Translated) => {
    const { labels: _labels, ...selection } = mapping(spec["selection"]);
    return { ...spec, selection, files };
  };
  return isMapping(other.spec["selection"]) && isDeepStrictEqual(said(one), said(other));
}

/** Makes something be also for those that the other is for. */
function widen({ spec }: Translated, other: Translated): void {
  const [one, two] = [mapping(spec["selection"]), mapping(other.spec["selection"])];
  const { labels: _labels, ...selection } = one;
  const labels = [...new Set([...texts(one["labels"]), ...texts(two["labels"])])];
  const isForAll = one["labels"] === undefined || two["labels"] === undefined;
  spec["selection"] = isForAll ? selection : { ...selection, labels };
}

export const isMapping = (value: unknown): value is Yaml =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const mapping = (value: unknown): Yaml => (isMapping(value) ? value : {});

export const list = (value: unknown): Yaml[] => (Array.isArray(value) ? value.filter(isMapping) : []);

export const text = (value: unknown): string => (typeof value === "string" ? value : "");

export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (isMapping(value) && Object.values(value).every(isNothing));
