import type { DeclarationFacts } from "../catalogue.ts";
import { among, dictionary, flag, list, open, required, text, whole } from "../payload-key.ts";

const SINCE = { ios: "15.0", macos: "13.0", visionos: "1.1" } as const;
const AUTHENTICATION = required(among("None", "Password", "CRAMMD5", "NTLM", "HTTPMD5"));
const CALENDAR = {
  VisibleName: text,
  HostName: required(text),
  Port: whole,
  Path: text,
  AuthenticationCredentialsAssetReference: text,
};

/** Accounts that a device signs in to by itself. */
export const ACCOUNTS = {
  "com.apple.configuration.account.caldav": { since: SINCE, users: true, keys: CALENDAR },
  "com.apple.configuration.account.carddav": { since: SINCE, users: true, keys: CALENDAR },
  "com.apple.configuration.account.exchange": {
    since: SINCE,
    users: true,
    keys: {
      VisibleName: text,
      EnabledProtocolTypes: required(list(among("EAS", "EWS"))),
      UserIdentityAssetReference: text,
      HostName: text,
      Port: whole,
      Path: text,
      ExternalHostName: text,
      ExternalPort: whole,
      "External Path": text,
      OAuth: dictionary({ Enabled: required(flag), SignInURL: text, TokenRequestURL: text }),
      AuthenticationCredentialsAssetReference: text,
      AuthenticationIdentityAssetReference: text,
      SMIME: open,
      MailServiceActive: flag,
      LockMailService: flag,
      ContactsServiceActive: flag,
      LockContactsService: flag,
      CalendarServiceActive: flag,
      LockCalendarService: flag,
      RemindersServiceActive: flag,
      LockRemindersService: flag,
      NotesServiceActive: flag,
      LockNotesService: flag,
    },
  },
  "com.apple.configuration.account.google": {
    since: SINCE,
    users: true,
    keys: { VisibleName: text, UserIdentityAssetReference: required(text) },
  },
  "com.apple.configuration.account.ldap": {
    since: SINCE,
    users: true,
    keys: {
      VisibleName: text,
      HostName: required(text),
      Port: whole,
      AuthenticationCredentialsAssetReference: text,
      SearchSettings: list(open),
    },
  },
  "com.apple.configuration.account.mail": {
    since: SINCE,
    users: true,
    keys: {
      VisibleName: text,
      UserIdentityAssetReference: text,
      IncomingServer: required(
        dictionary({
          ServerType: required(among("IMAP", "POP")),
          HostName: required(text),
          Port: whole,
          AuthenticationMethod: AUTHENTICATION,
          AuthenticationCredentialsAssetReference: text,
          IMAPPathPrefix: text,
        }),
      ),
      OutgoingServer: required(
        dictionary({
          HostName: required(text),
          Port: whole,
          AuthenticationMethod: AUTHENTICATION,
          AuthenticationCredentialsAssetReference: text,
        }),
      ),
      SMIME: open,
    },
  },
  "com.apple.configuration.account.subscribed-calendar": {
    since: { ...SINCE, macos: "14.0" },
    users: true,
    keys: { VisibleName: text, CalendarURL: required(text), AuthenticationCredentialsAssetReference: text },
  },
} as const satisfies Readonly<Record<string, DeclarationFacts>>;
