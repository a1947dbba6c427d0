import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { Page } from "../../parts/page.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import { useCaller } from "../../session/session.tsx";
import { AccountSignIns } from "./account-sign-ins.tsx";
import { AppsAndBooks } from "./apps-and-books.tsx";
import { AutomatedDevices } from "./automated-devices.tsx";
import { AutomatedProfiles } from "./automated-profiles.tsx";
import { AutomatedServers } from "./automated-servers.tsx";
import { PushCertificates } from "./push-certificates.tsx";
import "./apple.css";

const VIEWS = [
  { id: "push", text: "Push certificate", action: "push.read", view: PushCertificates },
  { id: "enrollment", text: "Automated enrollment", action: "enrollment.read", view: AutomatedEnrollment },
  { id: "accounts", text: "Managed accounts", action: "account_sign_in.read", view: AccountSignIns },
  { id: "apps", text: "Apps and Books", action: "app_license.read", view: AppsAndBooks },
] as const;

/** What the organisation has set up with Apple, and until when each of it is good. */
export function Apple() {
  const { actions } = useCaller();
  const [filters, setFilters] = useFilters();
  const views = VIEWS.filter(({ action }) => actions.includes(action));
  return (
    <Page
      title="Apple"
      about="What is set up with Apple. Certificates and tokens end after a year unless they are renewed."
    >
      <Tabs
        className="tabs"
        selectedKey={filters["tab"] ?? views[0]?.id ?? ""}
        onSelectionChange={(key) => setFilters({ tab: String(key) })}
      >
        <TabList className="tab-list" aria-label="What is set up with Apple">
          {views.map(({ id, text }) => (
            <Tab className="tab" key={id} id={id}>
              {text}
            </Tab>
          ))}
        </TabList>
        {views.map(({ id, view: View }) => (
          <TabPanel className="tab-panel" key={id} id={id}>
            <View />
          </TabPanel>
        ))}
      </Tabs>
    </Page>
  );
}

function AutomatedEnrollment() {
  return (
    <div className="stack">
      <AutomatedServers />
      <AutomatedProfiles />
      <AutomatedDevices />
    </div>
  );
}
