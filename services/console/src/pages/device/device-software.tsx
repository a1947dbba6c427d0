import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Device, SoftwareItem } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { SearchField } from "../../parts/fields.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useSettled } from "../../parts/use-settled.ts";

const COLUMNS: readonly Column<SoftwareItem>[] = [
  {
    title: "Name",
    cell: ({ name }) => (
      <Link to="/devices" search={{ software: name }} title={`Devices with ${name}`}>
        {name}
      </Link>
    ),
  },
  { title: "Version", width: "24%", cell: ({ version }) => <code>{version}</code> },
  { title: "Source", width: "18%", minor: true, cell: ({ source }) => <span className="soft">{source}</span> },
  { title: "Vendor", width: "22%", minor: true, cell: ({ vendor }) => <span className="soft">{vendor}</span> },
];

/** What is installed on a device; a name leads to every device that has it. */
export function DeviceSoftware({ device }: { readonly device: Device }) {
  const [search, setSearch] = useState("");
  const settled = useSettled(search);
  const software = useApi("/api/v1/devices/{deviceId}/software", {
    path: { deviceId: device.id },
    query: { search: settled },
  });
  return (
    <div className="stack">
      <SearchField label="Search software" value={search} onChange={setSearch} />
      <Answered of={software}>
        {(answer) =>
          answer.software.length === 0 ? (
            <section className="panel">
              <Empty title="No software">
                {settled === "" ? "The device has not told yet." : "None has this name."}
              </Empty>
            </section>
          ) : (
            <div className="half-window">
              <Table
                label="Software"
                columns={COLUMNS}
                rows={answer.software}
                keyOf={({ name, version, source }) => `${name} ${version} ${source}`}
                long
              />
            </div>
          )
        }
      </Answered>
    </div>
  );
}
