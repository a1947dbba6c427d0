import { X509Certificate } from "node:crypto";
import type { SettingsProfile } from "../domain/automated/settings-profile.ts";

/** A profile as Apple's device-enrollment API defines one. What is empty is left out. */
export function profileJson({ name, settings }: SettingsProfile, url: string): Readonly<Record<string, unknown>> {
  const text = (value: string): string | undefined => (value === "" ? undefined : value);
  return {
    profile_name: name,
    url,
    configuration_web_url: settings.webView ? url : undefined,
    is_supervised: settings.supervised,
    is_mandatory: settings.mandatory,
    is_mdm_removable: settings.removable,
    await_device_configured: settings.awaitConfiguration,
    auto_advance_setup: settings.autoAdvance,
    is_multi_user: settings.sharedIpad,
    do_not_use_profile_from_backup: settings.ignoreBackupProfile || undefined,
    is_return_to_service: settings.returnToService || undefined,
    skip_setup_items: settings.skipSetupItems,
    department: text(settings.department),
    support_phone_number: text(settings.supportPhoneNumber),
    support_email_address: text(settings.supportEmailAddress),
    language: text(settings.language),
    region: text(settings.region),
    anchor_certs:
      settings.anchorCertificates.length === 0
        ? undefined
        : settings.anchorCertificates.map((pem) => new X509Certificate(pem).raw.toString("base64")),
  };
}
