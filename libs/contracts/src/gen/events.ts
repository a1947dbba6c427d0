// Generated from the protos by "npm run generate". DO NOT EDIT.
import { AppInstallEnded, AppTokenClaimed, AppTokenExpiring } from "./muster/command/v1/app_license_events.ts";
import { CampaignAdvanced, CampaignFinished, CampaignHalted, CampaignProposed, CampaignStarted } from "./muster/command/v1/campaign_events.ts";
import { AppleAnswered, AppleDeviceDescribed, CommandAcknowledged, CommandCancelled, CommandDelivered, CommandExpired, CommandFailed, CommandQueued, DeviceReleased, EscrowProved, ProfileChangeAcknowledged, RefetchAccepted } from "./muster/command/v1/command_events.ts";
import { PushCertificateChanged, PushCertificateExpiring, PushTopicStopped } from "./muster/command/v1/push_events.ts";
import { AutomatedEnrollmentServerExpiring, AutomatedEnrollmentTermsChanged } from "./muster/enrollment/v1/automated_enrollment_events.ts";
import { DeviceEnrolled, DeviceUnenrolled, EnrollmentRefused, IdentityConflictFound, IdentityRenewalRequested, IdentityRenewed, PushTokenChanged, SecretEscrowed, SecretRead } from "./muster/enrollment/v1/enrollment_events.ts";
import { ActionTaken } from "./muster/gateway/v1/gateway_events.ts";
import { CarveCompleted, DeviceFactsChanged, LabelMembershipChanged, LiveQueryEnded, QueryAnswered, SoftwareChanged } from "./muster/inventory/v1/inventory_events.ts";
import { AuditCheckpointed, AuditRecordsRemoved, SinkFailing, SinkRecovered, SubscriberCreated, SubscriberRevoked } from "./muster/notification/v1/notification_events.ts";
import { ComplianceChanged, DesiredStateChanged, DeviceStatusReported, PolicyChanged, ProfileStateChanged, RemediationRequested } from "./muster/policy/v1/policy_events.ts";

/** Every event there is, by its full name. */
export const events = {
  "muster.command.v1.AppTokenExpiring": AppTokenExpiring,
  "muster.command.v1.AppTokenClaimed": AppTokenClaimed,
  "muster.command.v1.AppInstallEnded": AppInstallEnded,
  "muster.command.v1.CampaignProposed": CampaignProposed,
  "muster.command.v1.CampaignStarted": CampaignStarted,
  "muster.command.v1.CampaignAdvanced": CampaignAdvanced,
  "muster.command.v1.CampaignHalted": CampaignHalted,
  "muster.command.v1.CampaignFinished": CampaignFinished,
  "muster.command.v1.CommandQueued": CommandQueued,
  "muster.command.v1.CommandDelivered": CommandDelivered,
  "muster.command.v1.CommandAcknowledged": CommandAcknowledged,
  "muster.command.v1.CommandFailed": CommandFailed,
  "muster.command.v1.CommandExpired": CommandExpired,
  "muster.command.v1.CommandCancelled": CommandCancelled,
  "muster.command.v1.RefetchAccepted": RefetchAccepted,
  "muster.command.v1.ProfileChangeAcknowledged": ProfileChangeAcknowledged,
  "muster.command.v1.AppleAnswered": AppleAnswered,
  "muster.command.v1.DeviceReleased": DeviceReleased,
  "muster.command.v1.AppleDeviceDescribed": AppleDeviceDescribed,
  "muster.command.v1.EscrowProved": EscrowProved,
  "muster.command.v1.PushCertificateChanged": PushCertificateChanged,
  "muster.command.v1.PushCertificateExpiring": PushCertificateExpiring,
  "muster.command.v1.PushTopicStopped": PushTopicStopped,
  "muster.enrollment.v1.AutomatedEnrollmentServerExpiring": AutomatedEnrollmentServerExpiring,
  "muster.enrollment.v1.AutomatedEnrollmentTermsChanged": AutomatedEnrollmentTermsChanged,
  "muster.enrollment.v1.DeviceEnrolled": DeviceEnrolled,
  "muster.enrollment.v1.DeviceUnenrolled": DeviceUnenrolled,
  "muster.enrollment.v1.IdentityRenewed": IdentityRenewed,
  "muster.enrollment.v1.IdentityConflictFound": IdentityConflictFound,
  "muster.enrollment.v1.EnrollmentRefused": EnrollmentRefused,
  "muster.enrollment.v1.PushTokenChanged": PushTokenChanged,
  "muster.enrollment.v1.IdentityRenewalRequested": IdentityRenewalRequested,
  "muster.enrollment.v1.SecretEscrowed": SecretEscrowed,
  "muster.enrollment.v1.SecretRead": SecretRead,
  "muster.gateway.v1.ActionTaken": ActionTaken,
  "muster.inventory.v1.DeviceFactsChanged": DeviceFactsChanged,
  "muster.inventory.v1.SoftwareChanged": SoftwareChanged,
  "muster.inventory.v1.LabelMembershipChanged": LabelMembershipChanged,
  "muster.inventory.v1.QueryAnswered": QueryAnswered,
  "muster.inventory.v1.LiveQueryEnded": LiveQueryEnded,
  "muster.inventory.v1.CarveCompleted": CarveCompleted,
  "muster.notification.v1.SinkFailing": SinkFailing,
  "muster.notification.v1.SinkRecovered": SinkRecovered,
  "muster.notification.v1.AuditCheckpointed": AuditCheckpointed,
  "muster.notification.v1.AuditRecordsRemoved": AuditRecordsRemoved,
  "muster.notification.v1.SubscriberCreated": SubscriberCreated,
  "muster.notification.v1.SubscriberRevoked": SubscriberRevoked,
  "muster.policy.v1.PolicyChanged": PolicyChanged,
  "muster.policy.v1.ComplianceChanged": ComplianceChanged,
  "muster.policy.v1.RemediationRequested": RemediationRequested,
  "muster.policy.v1.DesiredStateChanged": DesiredStateChanged,
  "muster.policy.v1.ProfileStateChanged": ProfileStateChanged,
  "muster.policy.v1.DeviceStatusReported": DeviceStatusReported,
} as const;
