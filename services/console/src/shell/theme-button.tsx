import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { Button } from "react-aria-components";
import { applyTheme, currentTheme, THEMES } from "./theme.ts";

const ICONS = { system: Monitor, light: Sun, dark: Moon };

export function ThemeButton() {
  const [theme, setTheme] = useState(currentTheme);
  const Icon = ICONS[theme];
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const change = () => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <Button className="icon-button" aria-label={`Theme: ${theme}. Change to ${next}`} onPress={change}>
      <Icon size={16} />
    </Button>
  );
}
