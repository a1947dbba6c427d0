import { api } from "../../api/client.ts";
import { useApi, usePages } from "../../api/use-api.ts";
import { Badge } from "../../parts/badge.tsx";
import { SwitchLine } from "../../parts/choices.tsx";
import { DeviceLink } from "../../parts/device-link.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ChoiceField } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { PagedList } from "../../parts/paged-list.tsx";
import { toneOf } from "../../parts/states.ts";
import type { Column } from "../../parts/table.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { enumWord } from "../../words/names.ts";
import { type AutomatedDevice, DEVICES } from "./automated.ts";

const ASSIGNMENT = "AUTOMATED_ENROLLMENT_ASSIGNMENT_";

/** The devices that Apple says are the organisation's, with the setup profile of each. */
export function AutomatedDevices() {
  const [{ server = "", waiting = "" }, setFilters] = useFilters();
  const servers = useApi("/api/v1/automated-enrollment-servers");
  const profiles = useApi("/api/v1/automated-enrollment-profiles");
  const query = { serverId: server, notEnrolledOnly: waiting === "yes" };
  const found = usePages("/api/v1/automated-enrollment-devices", { query });
  const may = useMay("enrollment.automated");
  const nameOf = (id: string): string => profiles.data?.profiles.find((each) => each.id === id)?.name ?? "–";
  const columns: readonly Column<AutomatedDevice>[] = [
    { title: "Serial number", width: "140px", cell: ({ serialNumber }) => <code>{serialNumber}</code> },
    {
      title: "Model",
      minor: true,
      cell: ({ description, model }) => <span className="soft">{description || model}</span>,
    },
    { title: "Enrolled as", cell: ({ deviceId }) => (deviceId === "" ? "–" : <DeviceLink id={deviceId} />) },
    { title: "Setup profile", width: "18%", minor: true, cell: ({ profileId }) => nameOf(profileId) },
    {
      title: "Assignment",
      width: "110px",
      cell: ({ assignment, assignmentResult }) =>
        assignment.endsWith("UNSPECIFIED") ? (
          "–"
        ) : (
          <span title={assignmentResult}>
            <Badge tone={toneOf(assignment)}>{enumWord(assignment, ASSIGNMENT)}</Badge>
          </span>
        ),
    },
    ...(may ? [{ title: "Assign", width: "110px", minor: true, cell: assignOf }] : []),
  ];
  return (
    <>
      <div className="filters">
        <ChoiceField
          compact
          label="Server"
          value={server}
          onChange={(value) => setFilters({ server: value })}
          choices={[["", "Every server"], ...(servers.data?.servers ?? []).map(({ id, name }) => [id, name] as const)]}
        />
        <SwitchLine
          text="Not enrolled yet"
          value={waiting === "yes"}
          onChange={(on) => setFilters({ waiting: on ? "yes" : "" })}
        />
      </div>
      <PagedList
        label="Devices at Apple"
        of={found}
        rows={(answer) => answer.devices}
        columns={columns}
        keyOf={({ serverId, serialNumber }) => `${serverId} ${serialNumber}`}
        empty={
          <Empty title="No device like this">
            Devices that were bought for the organisation appear here once they are assigned to a server at Apple.
          </Empty>
        }
      />
    </>
  );
}

const assignOf = (device: AutomatedDevice) => <Assign device={device} />;

function Assign({ device: { serialNumber, serverId, profileId } }: { readonly device: AutomatedDevice }) {
  const path = { id: serverId };
  const { data } = useApi("/api/v1/automated-enrollment-profiles");
  return (
    <FormDialog
      title="Assign"
      submitText="Assign"
      primary={false}
      begin={{ chosen: profileId }}
      submit={({ chosen }) =>
        chosen === ""
          ? api.post("/api/v1/automated-enrollment-servers/{id}/unassign", {
              path,
              body: { serialNumbers: [serialNumber] },
            })
          : api.post("/api/v1/automated-enrollment-servers/{id}/assign", {
              path,
              body: { serialNumbers: [serialNumber], profileId: chosen },
            })
      }
      outdates={[DEVICES]}
    >
      {({ chosen }, set) => (
        <ChoiceField
          label={`Setup profile of ${serialNumber}`}
          value={chosen}
          onChange={(profile) => set({ chosen: profile })}
          choices={[["", "None"], ...(data?.profiles ?? []).map(({ id, name }) => [id, name] as const)]}
        />
      )}
    </FormDialog>
  );
}
