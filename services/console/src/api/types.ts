// The API's things by the names that this page has for them.
import type { Answer as AnswerOf, Schema } from "@muster/api-client/call";

export type Caller = AnswerOf<"/api/v1/me">;

export type Activity = Schema<"notification.Activity">;
export type AuditRecord = Schema<"notification.AuditRecord">;
export type Sink = Schema<"notification.Sink">;
export type Subscriber = Schema<"notification.Subscriber">;
export type Webhook = Schema<"notification.Webhook">;

export type Answer = Schema<"inventory.Answer">;
export type Carve = Schema<"inventory.Carve">;
export type Device = Schema<"inventory.Device">;
export type DeviceCount = Schema<"inventory.DeviceCount">;
export type Fact = Schema<"inventory.Fact">;
export type Label = Schema<"inventory.Label">;
export type LiveQuery = Schema<"inventory.LiveQuery">;
export type Selection = Schema<"inventory.Selection">;
export type SoftwareItem = Schema<"inventory.SoftwareItem">;

export type DeviceVerdict = Schema<"policy.DeviceVerdict">;
export type Policy = Schema<"policy.Policy">;

export type Campaign = Schema<"command.Campaign">;
export type Command = Schema<"command.Command">;

export type EscrowedSecret = Schema<"enrollment.EscrowedSecret">;
export type Platform = Schema<"enrollment.Platform">;

export type ApiToken = Schema<"gateway.ApiToken">;
export type Role = Schema<"gateway.Role">;
export type SignInProvider = Schema<"gateway.SignInProvider">;
export type User = Schema<"gateway.User">;

export type ConsumerHealth = Schema<"backbone.ConsumerHealth">;
export type ParkedEvent = Schema<"backbone.ParkedEvent">;
