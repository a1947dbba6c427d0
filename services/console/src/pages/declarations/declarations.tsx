import { Link } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { AppliesTo } from "../../parts/applies-to.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import { Share } from "../../parts/share.tsx";
import type { Column } from "../../parts/table.tsx";
import { useMay } from "../../session/session.tsx";
import { count } from "../../words/names.ts";
import { type Declaration, partsOf } from "../declaration/declaration.ts";
import { NewDeclaration } from "../declaration/declaration-form.tsx";

const COLUMNS: readonly Column<Declaration>[] = [
  {
    title: "Declaration",
    cell: ({ id, name, enabled, warnings }) => (
      <>
        <Link to="/declarations/$declarationId" params={{ declarationId: id }}>
          {name}
        </Link>{" "}
        {!enabled && <Badge>off</Badge>} {warnings.length > 0 && <Badge tone="warn">unusual</Badge>}
      </>
    ),
  },
  {
    title: "Type",
    width: "26%",
    minor: true,
    cell: ({ type }) => <code className="soft">{type.replace("com.apple.", "")}</code>,
  },
  {
    title: "For",
    width: "18%",
    minor: true,
    cell: ({ selection }) =>
      selection === undefined ? (
        <span className="soft">where it is referred to</span>
      ) : (
        <AppliesTo selection={selection} />
      ),
  },
  { title: "Active", width: "76px", numeric: true, cell: ({ counts }) => count(counts?.active ?? 0) },
  { title: "Invalid", width: "76px", numeric: true, cell: ({ counts }) => count(counts?.invalid ?? 0) },
  {
    title: "Share",
    width: "14%",
    minor: true,
    cell: (declaration) => <Share parts={partsOf(declaration)} />,
  },
];

/** What Apple’s devices keep to by themselves, and tell of when it changes. */
export function Declarations() {
  const declarations = useApi("/api/v1/declarations");
  const may = useMay("declaration.write");
  return (
    <Page
      title="Declarations"
      about="A device applies these by itself and says when one is in effect: passcodes, updates by a day, accounts."
      actions={may && <NewDeclaration />}
    >
      <List
        label="Declarations"
        of={declarations}
        rows={(answer) => answer.declarations}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No declaration yet">
            Begin with a version that devices should have by a day: they tell their users and install it themselves.
          </Empty>
        }
      />
    </Page>
  );
}
