import { api } from "../../api/client.ts";
import { SwitchLine } from "../../parts/choices.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Panel } from "../../parts/page.tsx";
import { SaveButton } from "../../parts/save-button.tsx";
import type { PushCertificate } from "./push-certificates.tsx";

interface PushGuideProps {
  readonly requested: PushCertificate | undefined;
  readonly current: PushCertificate | undefined;
}

/** The way to a certificate, step by step; the same way renews it. */
export const PushGuide = ({ requested, current }: PushGuideProps) => (
  <Panel title={current === undefined ? "Get a push certificate" : "Renew it, every year"}>
    <ol className="steps">
      <li>
        <div>
          <p>
            {current === undefined
              ? "Make a request. Its key is made here and never leaves the platform."
              : `Make a request with the same Apple Account, ${current.appleAccount || "the one it was got with"}: with another one every device would have to enroll again.`}
          </p>
          <MakeRequest account={current?.appleAccount ?? ""} />
        </div>
      </li>
      <li>
        <div>
          <SignedRequest requested={requested} />
        </div>
      </li>
      <li>
        <div>
          <p>
            Upload it at{" "}
            <a href="https://identity.apple.com/pushcert" target="_blank" rel="noreferrer">
              identity.apple.com/pushcert
            </a>{" "}
            and take the certificate that Apple gives.
          </p>
        </div>
      </li>
      <li>
        <div>
          <p>Bring the certificate here. What waits for a device wakes it at once.</p>
          <UploadCertificate />
        </div>
      </li>
    </ol>
  </Panel>
);

function SignedRequest({ requested }: { readonly requested: PushCertificate | undefined }) {
  if (requested === undefined) return <p className="soft">Save the request here once it is made.</p>;
  if (requested.vendorSignedRequest !== "")
    return (
      <>
        <p>Save the request; this platform signed it as a vendor.</p>
        <SaveButton fileName="muster-push-request.txt" read={() => requested.vendorSignedRequest}>
          Save the signed request
        </SaveButton>
      </>
    );
  return (
    <>
      <p>
        Save the request and let an MDM vendor sign it: Apple takes no other. With a vendor’s certificate of your own
        (MUSTER_APPLE_VENDOR_CERT) it is signed here.
      </p>
      <SaveButton fileName="muster-push-request.pem" read={() => requested.signingRequest}>
        Save the request
      </SaveButton>
    </>
  );
}

const MakeRequest = ({ account }: { readonly account: string }) => (
  <FormDialog
    title="Make a request"
    submitText="Make it"
    begin={{ appleAccount: account }}
    submit={(body) => api.post("/api/v1/push-certificates/requests", { body })}
    outdates={["push-certificates"]}
  >
    {({ appleAccount }, set) => (
      <TextLine
        label="Apple Account"
        type="email"
        value={appleAccount}
        onChange={(text) => set({ appleAccount: text })}
        isRequired
        autoFocus
        help="One of the organisation’s that is still there in a year, not a person’s."
      />
    )}
  </FormDialog>
);

const UploadCertificate = () => (
  <FormDialog
    title="Upload the certificate"
    submitText="Upload"
    begin={{ certificate: "", replace: false }}
    submit={(body) => api.post("/api/v1/push-certificates", { body })}
    outdates={["push-certificates"]}
    wide
  >
    {({ certificate, replace }, set) => (
      <>
        <TextLine
          label="Certificate (PEM)"
          value={certificate}
          onChange={(text) => set({ certificate: text })}
          rows={8}
          code
          isRequired
          autoFocus
          help="It begins with -----BEGIN CERTIFICATE-----."
        />
        <SwitchLine
          text="Take it even if its topic is another"
          value={replace}
          onChange={(other) => set({ replace: other })}
        />
      </>
    )}
  </FormDialog>
);
