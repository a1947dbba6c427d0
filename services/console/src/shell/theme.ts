export const THEMES = ["system", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

const PLACE = "muster.theme";

export const currentTheme = (): Theme => THEMES.find((each) => each === localStorage.getItem(PLACE)) ?? "system";

/** Shows the page in a theme and keeps it; without one, as it was chosen last. */
export function applyTheme(theme: Theme = currentTheme()): void {
  localStorage.setItem(PLACE, theme);
  document.documentElement.dataset["theme"] = theme;
}
