import { Page } from "../../parts/page.tsx";
import { ViewTabs } from "../../parts/view-tabs.tsx";
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
  const views = VIEWS.filter(({ action }) => actions.includes(action));
  return (
    <Page
      title="Apple"
      about="What is set up with Apple. Certificates and tokens end after a year unless they are renewed."
    >
      <ViewTabs label="What is set up with Apple" views={views}>
        {({ view: View }) => <View />}
      </ViewTabs>
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
