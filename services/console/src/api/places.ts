export interface Placed {
  readonly path?: Readonly<Record<string, string>>;
}

/** Where an answer is kept: under its own address, so that an event outdates it and all below. */
export const placeOf = (path: string, { path: fields = {} }: Placed): string =>
  path.replace("/api/v1/", "").replaceAll(/\{(\w+)\}/g, (_all, name: string) => fields[name] ?? "");

export const isAtOrBelow = (place: unknown, path: string): boolean =>
  place === path || (typeof place === "string" && place.startsWith(`${path}/`));
