import { useState } from "react";
import type { Device } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Feed, useFeed } from "../../parts/feed.tsx";
import { Panel } from "../../parts/page.tsx";

/** What happened to a device, as it happens. */
export function DeviceTimeline({ device }: { readonly device: Device }) {
  const [openedAt] = useState(Date.now);
  const past = useApi("/api/v1/activities", { query: { deviceId: device.id, pageSize: 100 } });
  const events = useFeed(past.data?.activities ?? [], ({ deviceId }) => deviceId === device.id);
  return (
    <Panel title="Timeline" flush>
      <Answered of={past}>
        {() =>
          events.length === 0 ? (
            <Empty title="Nothing happened yet" />
          ) : (
            <Feed events={events} openedAt={openedAt} named={false} />
          )
        }
      </Answered>
    </Panel>
  );
}
