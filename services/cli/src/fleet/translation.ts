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

/** Gathers what becomes of Fleet's files. */
export class Translation {
  readonly documents: Translated[] = [];
  readonly remarks: Remark[] = [];
  /** osquery's configuration is one for all. */
  readonly osquery: { options: Yaml; decorators: Yaml; schedule: Yaml } = { options: {}, decorators: {}, schedule: {} };

  add(document: Translated, place: Place): void {
    const taken = this.documents.some(({ kind, name }) => kind === document.kind && name === document.name);
    if (taken) this.remark(place, `left out: there is a ${document.kind} "${document.name}" already`);
    else this.documents.push(document);
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
