import { api } from "../../api/client.ts";
import type { Role } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { stillThere, tagOf } from "../../editing/revision.ts";
import { Badge } from "../../parts/badge.tsx";
import { Choices } from "../../parts/choices.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { LabelChoices } from "../../parts/label-choices.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import type { Column } from "../../parts/table.tsx";
import { useCaller, useMay } from "../../session/session.tsx";

const COLUMNS: readonly Column<Role>[] = [
  {
    title: "Role",
    cell: ({ builtIn, description, labelIds, name }) => (
      <>
        <strong>{name}</strong> {labelIds.length > 0 && <Badge>bound to labels</Badge>}{" "}
        {builtIn && <Badge>Muster's own</Badge>} <span className="soft">{description}</span>
      </>
    ),
  },
  { title: "Rights", width: "90px", cell: ({ actions }) => actions.length },
  { title: "Made by", width: "22%", minor: true, cell: ({ createdBy }) => <span className="soft">{createdBy}</span> },
];

const changeOf = (role: Role) => !role.builtIn && <ChangeRole role={role} />;

const deleteOf = (role: Role) =>
  !role.builtIn && (
    <ConfirmButton
      small
      verb="Delete"
      name={role.name}
      consequence="Users and tokens that have it need another role first."
      act={() => api.delete("/api/v1/roles/{name}", { path: { name: role.name }, ifMatch: tagOf(role) })}
      outdates={["roles"]}
    />
  );

/** What people and programs may do, right by right. */
export function Roles() {
  const roles = useApi("/api/v1/roles");
  const may = useMay("role.write");
  const columns = may
    ? [
        ...COLUMNS,
        { title: "Change", width: "110px", cell: changeOf },
        { title: "Delete", width: "110px", minor: true, cell: deleteOf },
      ]
    : COLUMNS;
  return (
    <Page title="Roles" about="What people and programs may do, right by right." actions={may && <NewRole />}>
      <List
        label="Roles"
        of={roles}
        rows={(answer) => answer.roles}
        columns={columns}
        keyOf={({ name }) => name}
        empty={<Empty title="No role" />}
      />
    </Page>
  );
}

const BLANK: Pick<Role, "name" | "description" | "actions" | "labelIds"> = {
  name: "",
  description: "",
  actions: [],
  labelIds: [],
};

const NewRole = () => (
  <FormDialog
    title="New role"
    submitText="Create"
    begin={BLANK}
    submit={(role) => api.post("/api/v1/roles", { body: role })}
    outdates={["roles"]}
    wide
  >
    {(role, set) => (
      <>
        <TextLine
          label="Name"
          value={role.name}
          onChange={(name) => set({ name })}
          help="Lower-case letters, digits and inner dashes."
          isRequired
          autoFocus
        />
        <TextLine label="What it is for" value={role.description} onChange={(description) => set({ description })} />
        <LabelChoices
          label="Only for devices with (none means all)"
          value={role.labelIds}
          onChange={(labelIds) => set({ labelIds })}
        />
        <Rights value={role.actions} onChange={(actions) => set({ actions })} />
      </>
    )}
  </FormDialog>
);

type Changed = Pick<Role, "description" | "actions">;

const FIELDS: Fields<Changed> = { description: { label: "What it is for" }, actions: { label: "Rights" } };

const roleNow = async (name: string): Promise<Role> =>
  stillThere((await api.get("/api/v1/roles")).roles, (role) => role.name === name);

const ChangeRole = ({ role }: { readonly role: Role }) => (
  <EditDialog
    title={`Change ${role.name}`}
    opener="Change"
    submitText="Change"
    thing={role}
    draftOf={({ description, actions }): Changed => ({ description, actions })}
    fields={FIELDS}
    save={(changed, { name }, ifMatch) => api.patch("/api/v1/roles/{name}", { path: { name }, body: changed, ifMatch })}
    load={() => roleNow(role.name)}
    outdates={["roles"]}
  >
    {({ description, actions }, set) => (
      <>
        <TextLine
          label="What it is for"
          value={description}
          onChange={(text) => set({ description: text })}
          autoFocus
        />
        <Rights value={actions} onChange={(rights) => set({ actions: rights })} />
      </>
    )}
  </EditDialog>
);

interface RightsProps {
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

/** Nobody gives what they have not: one's own rights are what there is to choose from, together by what they are about. */
function Rights({ value, onChange }: RightsProps) {
  const { actions } = useCaller();
  const groups = Map.groupBy(actions.toSorted(), (action) => action.split(".")[0] ?? "");
  return [...groups].map(([subject, all]) => (
    <Choices
      key={subject}
      label={subject.replaceAll("_", " ")}
      value={value.filter((action) => all.includes(action))}
      onChange={(chosen) => onChange([...value.filter((action) => !all.includes(action)), ...chosen])}
      choices={all.map((action) => [action, action.slice(subject.length + 1)] as const)}
    />
  ));
}
