import { type ReactNode, useState } from "react";
import { api } from "../../api/client.ts";
import type { Campaign } from "../../api/types.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Panel } from "../../parts/page.tsx";
import { Share } from "../../parts/share.tsx";
import { toneOf } from "../../parts/states.ts";
import { Ago } from "../../parts/time.tsx";
import { useCaller } from "../../session/session.tsx";
import { capital, count, counted, enumWord } from "../../words/names.ts";
import { exact } from "../../words/time.ts";

/** How far a campaign is, and what can be done about it. */
export function CampaignCard({ campaign, children }: { readonly campaign: Campaign; readonly children?: ReactNode }) {
  const { name, state, type, requestType, deviceCount, counts, wave, waveSizes } = campaign;
  const done = counts?.acknowledged ?? 0;
  const failed = (counts?.failed ?? 0) + (counts?.refused ?? 0) + (counts?.expired ?? 0);
  const open = (counts?.queued ?? 0) + (counts?.delivered ?? 0);
  return (
    <Panel title={name} more={<Badge tone={toneOf(state)}>{enumWord(state, "CAMPAIGN_STATE_")}</Badge>}>
      <div className="stack">
        <span className="soft">
          {requestType || capital(enumWord(type, "COMMAND_TYPE_"))} for {counted(deviceCount, "device")}, wave {wave} of{" "}
          {waveSizes.length}, by {campaign.createdBy} <Ago time={campaign.createdAt} />
          {campaign.reason !== "" && `: ${campaign.reason}`}
        </span>
        <Decided campaign={campaign} />
        <Share
          parts={[
            ["ok", done],
            ["bad", failed],
            ["info", open],
            ["rest", Math.max(0, deviceCount - done - failed - open)],
          ]}
        />
        <span>
          {count(done)} done, {count(failed)} failed, {count(open)} asked, {count(counts?.waiting ?? 0)} wait
        </span>
        {campaign.haltReason !== "" && <p className="note bad">{campaign.haltReason}</p>}
        {children}
        <Steps campaign={campaign} />
      </div>
    </Panel>
  );
}

/** Whose word it went by, and until when somebody's is waited for. */
function Decided({ campaign }: { readonly campaign: Campaign }) {
  const { approvedBy, rejectedBy, decisionReason, approvalExpiresAt, state } = campaign;
  if (state === "CAMPAIGN_STATE_AWAITING_APPROVAL" && approvalExpiresAt !== undefined)
    return <span className="soft">Can be approved until {exact(approvalExpiresAt)}</span>;
  const by = approvedBy || rejectedBy;
  if (by === "") return null;
  return (
    <span className="soft">
      {approvedBy === "" ? "Rejected" : "Approved"} by {by}
      {decisionReason !== "" && `: ${decisionReason}`}
    </span>
  );
}

interface DecisionProps {
  readonly verb: "approve" | "reject";
  readonly title: string;
  readonly id: string;
}

function Decision({ verb, title, id }: DecisionProps) {
  const [reason, setReason] = useState("");
  const submit = () => api.post(`/api/v1/campaigns/{id}/${verb}`, { path: { id }, body: { reason } });
  return (
    <FormDialog title={title} submitText={title} submit={submit} outdates={["campaigns"]} primary={verb === "approve"}>
      <TextLine label="What you say of it, for the record" value={reason} onChange={setReason} autoFocus />
    </FormDialog>
  );
}

function Steps({ campaign: { id, name, state, createdBy, proposedBy } }: { readonly campaign: Campaign }) {
  const { actions, actor, userId } = useCaller();
  // What one's own API token asked for is one's own, too.
  const isOwn = createdBy === actor || (userId !== "" && proposedBy === userId);
  const word = state.replace("CAMPAIGN_STATE_", "");
  const step = (verb: "pause" | "resume" | "cancel") => () =>
    api.post(`/api/v1/campaigns/{id}/${verb}`, { path: { id } });
  const mayWrite = actions.includes("campaign.write");
  const mayApprove = actions.includes("campaign.approve") && word === "AWAITING_APPROVAL";
  return (
    <div className="row">
      {mayApprove && !isOwn && (
        <>
          <Decision verb="approve" title="Approve" id={id} />
          <Decision verb="reject" title="Reject" id={id} />
        </>
      )}
      {mayApprove && isOwn && <span className="faint">Somebody else has to approve it.</span>}
      {mayWrite && word === "RUNNING" && (
        <ActButton act={step("pause")} outdates={["campaigns"]} done={() => `${name} is paused.`}>
          Pause
        </ActButton>
      )}
      {mayWrite && ["PAUSED", "HALTED"].includes(word) && (
        <ActButton act={step("resume")} outdates={["campaigns"]} done={() => `${name} goes on.`}>
          Resume
        </ActButton>
      )}
      {mayWrite && ["AWAITING_APPROVAL", "RUNNING", "PAUSED", "HALTED"].includes(word) && (
        <ConfirmButton
          verb="End"
          name={name}
          consequence="No further device is asked, and what no device has fetched yet is withdrawn."
          act={step("cancel")}
          outdates={["campaigns"]}
        />
      )}
    </div>
  );
}
