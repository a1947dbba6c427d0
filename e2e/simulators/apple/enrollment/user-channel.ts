import type { DeviceParts } from "../device-parts.ts";
import type { LocalUser } from "../device-state.ts";
import type { Plist } from "../plist/plist-value.ts";

/** What the one user at a time of a Shared iPad has instead of an id. */
const ANY_USER = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF";

const logIn = ({ state, random }: DeviceParts, name: string): LocalUser => {
  const known = state.users.find((user) => user.name === name);
  const user: LocalUser = known ?? {
    name,
    fullName: name,
    uid: 501 + state.users.length,
    guid: random.fork(`user ${name}`).uuid().toUpperCase(),
    loggedIn: true,
    admin: false,
    secureToken: false,
  };
  const others = state.users.filter((other) => other.name !== name);
  // A Shared iPad has one user at a time, a Mac as many as like.
  const stay = state.sharedIpad ? others.map((other) => ({ ...other, loggedIn: false })) : others;
  state.users = [...stay, { ...user, loggedIn: true }];
  return user;
};

/** Logs a user in, and gives what identifies the user's channel beside the device. */
export const userIdsOf = (parts: DeviceParts, name: string): Plist => {
  const { hardware, state } = parts;
  if (hardware.kind !== "Mac" && !state.sharedIpad) throw new Error("only a Mac or a Shared iPad has user channels");
  const { guid, fullName } = logIn(parts, name);
  if (state.sharedIpad) return { UserID: ANY_USER, UserShortName: name, UserLongName: fullName };
  if (state.userEnrollment) return { EnrollmentUserID: guid };
  return { UserID: guid, UserShortName: name, UserLongName: fullName };
};
