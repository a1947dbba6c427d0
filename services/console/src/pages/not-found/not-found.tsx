import { Link } from "@tanstack/react-router";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";

export const NotFound = () => (
  <Page title="Nothing here">
    <Empty title="There is no page at this address">
      <Link to="/">Go to the overview</Link>, or press <kbd>Ctrl K</kbd> and search.
    </Empty>
  </Page>
);
