/** A set of filters that somebody named. */
export interface View {
  readonly name: string;
  readonly filters: Readonly<Record<string, string>>;
}

const PLACE = "muster.device-views";

/** The views that this browser keeps; what something else left there is none. */
export function readViews(): readonly View[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(kept) ? (kept as View[]) : [];
  } catch {
    return [];
  }
}

export const keepViews = (views: readonly View[]): void => localStorage.setItem(PLACE, JSON.stringify(views));

/** Adds a view, in the place of one with the same name. */
export const withView = (views: readonly View[], view: View): readonly View[] =>
  [...views.filter(({ name }) => name !== view.name), view].sort((a, b) => a.name.localeCompare(b.name));
