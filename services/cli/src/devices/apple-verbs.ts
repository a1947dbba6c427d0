import type { Json } from "../api/client.ts";
import type { Given, Verb } from "./verb.ts";

const text = (given: Given, name: string): string => String(given[name] ?? "");

const apple = (requestType: string, parameters: Json, userId = ""): Json => ({
  type: "COMMAND_TYPE_APPLE",
  apple: { requestType, parameters, userId },
});

const USER = {
  flags: "--user <id>",
  about: "the user of a Mac whose channel it goes over, instead of the device's own",
};

/** What Apple devices can be asked for in Apple's words. */
export const APPLE_VERBS: readonly Verb[] = [
  {
    name: "rename",
    about: "give Apple devices another name",
    options: [{ flags: "--to <name>", about: "the name", isRequired: true }],
    act: {
      kind: "command",
      body: (given) => apple("Settings", { Settings: [{ Item: "DeviceName", DeviceName: text(given, "to") }] }),
    },
  },
  {
    name: "install-profile",
    about: "put a configuration profile on Apple devices, once; `apply profiles` keeps it there",
    options: [{ flags: "-f, --file <file>", about: "the mobileconfig", isRequired: true }, USER],
    act: {
      kind: "command",
      body: async (given, read) =>
        apple("InstallProfile", { Payload: (await read(text(given, "file"))).toString("base64") }, text(given, "user")),
    },
  },
  {
    name: "remove-profile",
    about: "take a configuration profile off Apple devices",
    consequence: "What the profile set, such as Wi-Fi and accounts, is gone from it.",
    options: [{ flags: "--identifier <identifier>", about: "its PayloadIdentifier", isRequired: true }, USER],
    act: {
      kind: "command",
      body: (given) => apple("RemoveProfile", { Identifier: text(given, "identifier") }, text(given, "user")),
    },
  },
  {
    name: "apple",
    about: "ask Apple devices for one of Apple's own commands",
    consequence: "What it does Apple's documentation tells.",
    options: [
      { flags: "--request <type>", about: "its RequestType, such as SecurityInfo", isRequired: true },
      { flags: "-f, --file <file>", about: "its other keys, as YAML or JSON; data as base64" },
      USER,
    ],
    act: {
      kind: "command",
      body: async (given, read) => {
        const { parse } = await import("yaml");
        const parameters: Json = given["file"] === undefined ? {} : parse((await read(text(given, "file"))).toString());
        return apple(text(given, "request"), parameters, text(given, "user"));
      },
    },
  },
];
