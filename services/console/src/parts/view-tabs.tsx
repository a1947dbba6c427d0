import { type ReactNode, useEffect, useRef } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useFilters } from "./use-filters.ts";

interface View {
  readonly id: string;
  readonly text: string;
}

interface ViewTabsProps<One extends View> {
  readonly label: string;
  readonly views: readonly One[];
  readonly children: (view: One) => ReactNode;
}

/** Views of one thing, of which the address says which is shown. */
export function ViewTabs<One extends View>({ label, views, children }: ViewTabsProps<One>) {
  const [filters, setFilters] = useFilters();
  const list = useRef<HTMLDivElement>(null);
  const chosen = (views.find(({ id }) => id === filters["tab"]) ?? views[0])?.id ?? "";
  // Where the window is narrow, the one that is shown may stand beside what is in sight. In braces: a browser may answer with
  // a promise here, which is no clean-up.
  useEffect(() => {
    const tab = list.current?.querySelector(`[role="tab"][data-key="${chosen}"]`);
    tab?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [chosen]);
  return (
    <Tabs className="tabs" selectedKey={chosen} onSelectionChange={(key) => setFilters({ tab: String(key) })}>
      <TabList className="tab-list" aria-label={label} ref={list}>
        {views.map(({ id, text }) => (
          <Tab className="tab" key={id} id={id}>
            {text}
          </Tab>
        ))}
      </TabList>
      {views.map((view) => (
        <TabPanel className="tab-panel" key={view.id} id={view.id}>
          {children(view)}
        </TabPanel>
      ))}
    </Tabs>
  );
}
