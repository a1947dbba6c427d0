import { useState } from "react";
import type { Device } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import { useSettled } from "../../parts/use-settled.ts";
import { useMay } from "../../session/session.tsx";
import { spaced } from "../../words/names.ts";
import { TimeSlider } from "./time-slider.tsx";

const MAX_ROWS = 100;
const ROWS_AT_ONCE = 6;

const CHANGED = "muster.inventory.v1.DeviceFactsChanged";
const MAX_CHANGES = 100;

/** What a device is like, now or as it was at a time. */
export function DeviceFacts({ device }: { readonly device: Device }) {
  const [openedAt] = useState(Date.now);
  const [asOf, setAsOf] = useState<number>();
  const settled = useSettled(asOf);
  const time = settled === undefined ? "" : new Date(settled).toISOString();
  const facts = useApi("/api/v1/devices/{deviceId}/facts", { path: { deviceId: device.id }, query: { asOf: time } });
  const mayWatch = useMay("activity.read");
  const changed = useApi(
    "/api/v1/activities",
    { query: { deviceId: device.id, types: [CHANGED], pageSize: MAX_CHANGES } },
    { enabled: mayWatch },
  );
  const changes = (changed.data?.activities ?? []).map((event) => Date.parse(event.time ?? "")).sort((a, b) => a - b);
  const from = Math.min(openedAt, Date.parse(device.enrolledAt ?? "") || openedAt);
  return (
    <div className="stack">
      <TimeSlider
        label="As it was at"
        from={from}
        until={openedAt}
        value={asOf ?? openedAt}
        changes={changes.filter((change) => change >= from && change <= openedAt)}
        onChange={(chosen) => setAsOf(chosen >= openedAt ? undefined : chosen)}
      />
      <Answered of={facts}>
        {(answer) =>
          answer.facts.length === 0 ? (
            <section className="panel">
              <Empty title="No facts">
                {asOf === undefined
                  ? "The device has not answered its first questions yet; they are asked at each of its contacts."
                  : "Nothing was known at that time."}
              </Empty>
            </section>
          ) : (
            <div className="facts">
              {answer.facts.map((fact) => (
                <Panel
                  key={fact.name}
                  title={spaced(fact.name)}
                  more={
                    <span className="faint small">
                      since <Ago time={fact.since} />
                    </span>
                  }
                >
                  <Value value={fact.value} />
                </Panel>
              ))}
            </div>
          )
        }
      </Answered>
    </div>
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (!Array.isArray(value)) return <Pairs value={value} />;
  const items: readonly unknown[] = value;
  if (items.length === 0) return <span className="faint">None</span>;
  const all = items.slice(0, MAX_ROWS).map((item, index) => <Pairs key={index} value={item} />);
  const [first, rest] = [all.slice(0, ROWS_AT_ONCE), all.slice(ROWS_AT_ONCE)];
  const more = items.length - ROWS_AT_ONCE;
  return (
    <div className="stack">
      {first}
      {more > 0 && (
        <details>
          <summary>{items.length > MAX_ROWS ? `${more} more, the first ${rest.length} here` : `${more} more`}</summary>
          <div className="stack">{rest}</div>
        </details>
      )}
    </div>
  );
}

function Pairs({ value }: { readonly value: unknown }) {
  if (typeof value !== "object" || value === null) return <span>{text(value)}</span>;
  const entries = Object.entries(value).filter(([, item]) => item !== "" && item !== null);
  if (entries.length === 0) return <span className="faint">None</span>;
  return (
    <dl className="pairs">
      {entries.map(([name, item]) => [<dt key={`${name} name`}>{spaced(name)}</dt>, <dd key={name}>{text(item)}</dd>])}
    </dl>
  );
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? "–"));
