import { type Plist, textOf } from "../plist/plist-value.ts";
import { type Answers, type CommandContext, CommandFailed, CommandMalformed, mdmError } from "./command-answer.ts";

const mediaId = ({ command }: CommandContext): string => {
  const store = command["iTunesStoreID"];
  const id = textOf(command["PersistentID"]) ?? (typeof store === "number" ? String(store) : textOf(store));
  if (id === undefined) throw new CommandMalformed("iTunesStoreID or PersistentID is needed");
  return id;
};

const booksOf = ({ parts }: CommandContext): Map<string, Plist> =>
  new Map(Object.entries((parts.state.settings.get("Books") ?? {}) as Readonly<Record<string, Plist>>));

const keep = ({ parts }: CommandContext, books: ReadonlyMap<string, Plist>): void =>
  void parts.state.settings.set("Books", Object.fromEntries(books));

export const mediaAndMirroringAnswers: Answers = {
  InstallMedia: (context) => {
    const books = booksOf(context);
    const id = mediaId(context);
    const { MediaType, Kind, Version, Author, Title } = context.command;
    books.set(id, { PersistentID: id, MediaType, Kind, Version, Author, Title, State: "Installed" });
    keep(context, books);
    return { MediaType, PersistentID: id, State: "Installed" };
  },
  ManagedMediaList: (context) => ({ Books: [...booksOf(context).values()] }),
  RemoveMedia: (context) => {
    const books = booksOf(context);
    if (!books.delete(mediaId(context))) throw new CommandFailed(mdmError(12013, "the media is not managed"));
    keep(context, books);
    return {};
  },
  InviteToProgram: () => ({ InvitationResult: "Acknowledged" }),
  RequestMirroring: () => ({ MirroringResult: "Prompting" }),
  StopMirroring: () => ({}),
  EnableRemoteDesktop: ({ parts }) => {
    parts.state.remoteDesktop = true;
    return {};
  },
  DisableRemoteDesktop: ({ parts }) => {
    parts.state.remoteDesktop = false;
    return {};
  },
  RefreshCellularPlans: () => ({}),
  ContentCachingInformation: () => ({ StatusResponse: { Activated: false, Active: false, CacheUsed: 0 } }),
  ActiveNSExtensions: () => ({ Extensions: [] }),
  NSExtensionMappings: () => ({ Extensions: [] }),
  // No simulated Mac has lights-out management.
  LOMDeviceRequest: () => {
    throw new CommandFailed(mdmError(12021, "this Mac has no lights-out management"));
  },
  LOMSetupRequest: () => {
    throw new CommandFailed(mdmError(12021, "this Mac has no lights-out management"));
  },
};
