import type { LocalUser } from "../device-state.ts";
import { dataOf, listOf, type Plist, plistOf, textOf } from "../plist/plist-value.ts";
import {
  type Answers,
  type CommandContext,
  CommandFailed,
  isMac,
  mdmError,
  neededData,
  neededText,
} from "./command-answer.ts";

const macUser = ({ name, fullName, uid, guid, loggedIn, secureToken }: LocalUser): Plist => ({
  UserName: name,
  FullName: fullName,
  UID: uid,
  UserGUID: guid,
  IsLoggedIn: loggedIn,
  HasSecureToken: secureToken,
  MobileAccount: false,
});

const sharedUser = ({ name, fullName, loggedIn }: LocalUser): Plist => ({
  UserName: name,
  FullName: fullName,
  IsLoggedIn: loggedIn,
  HasDataToSync: false,
  DataQuota: 4_294_967_296,
  DataUsed: 104_857_600,
});

/** An iPad has users only where it is shared. */
const shared = (context: CommandContext): void => {
  if (!isMac(context) && !context.parts.state.sharedIpad)
    throw new CommandFailed(mdmError(12081, "the device is not a Shared iPad"));
};

const known = ({ parts }: CommandContext, name: string): LocalUser => {
  const user = parts.state.users.find((user) => user.name === name);
  if (user === undefined) throw new CommandFailed(mdmError(12071, `there is no user ${name}`));
  return user;
};

export const userAnswers: Answers = {
  UserList: (context) => {
    shared(context);
    return { Users: context.parts.state.users.map(isMac(context) ? macUser : sharedUser) };
  },

  DeleteUser: (context) => {
    shared(context);
    const { parts, command } = context;
    if (command["DeleteAllUsers"] === true) {
      parts.state.users = parts.state.users.filter(({ loggedIn }) => loggedIn);
      return {};
    }
    const user = known(context, neededText(context, "UserName"));
    if (user.loggedIn) throw new CommandFailed(mdmError(12072, `user ${user.name} is logged in`));
    parts.state.users = parts.state.users.filter((other) => other !== user);
    return {};
  },

  LogOutUser: (context) => {
    shared(context);
    context.parts.state.users = context.parts.state.users.map((user) => ({ ...user, loggedIn: false }));
    return {};
  },

  UnlockUserAccount: (context) => {
    known(context, neededText(context, "UserName"));
    return {};
  },

  AccountConfiguration: ({ parts, command }) => {
    if (!parts.state.awaitingConfiguration)
      throw new CommandFailed(mdmError(12092, "accounts are set up only while the Mac awaits its configuration"));
    const admins = listOf(command["AutoSetupAdminAccounts"]).map(plistOf);
    for (const admin of admins) {
      const name = textOf(admin["shortName"]);
      if (name === undefined || dataOf(admin["passwordHash"]) === undefined)
        throw new CommandFailed(mdmError(12092, "an administrator's account needs shortName and passwordHash"));
      const { users } = parts.state;
      const guid = parts.random.fork(`account ${name}`).uuid().toUpperCase();
      const fullName = textOf(admin["fullName"]) ?? name;
      users.push({ name, fullName, uid: 501 + users.length, guid, loggedIn: false, admin: true, secureToken: false });
      parts.state.settings.set("AutoSetupAdminAccounts", [{ GUID: guid, shortName: name }]);
    }
    return {};
  },

  SetAutoAdminPassword: (context) => {
    const guid = neededText(context, "GUID");
    neededData(context, "passwordHash");
    if (!context.parts.state.users.some((user) => user.guid === guid))
      throw new CommandFailed(mdmError(12071, `there is no account ${guid}`));
    return {};
  },
};
