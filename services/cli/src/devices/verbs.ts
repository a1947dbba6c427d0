import { APPLE_VERBS } from "./apple-verbs.ts";
import type { Given, Order, Verb } from "./verb.ts";

const LOST_MODE_OPTIONS = [
  { flags: "--message <text>", about: "what is shown on it" },
  { flags: "--phone <number>", about: "the number that is shown on it" },
  { flags: "--footnote <text>", about: "a footnote below" },
] as const;

const PIN = "made up and kept with the device's secrets when left out";

const plain = (type: string): Order => ({ kind: "command", body: () => ({ type: `COMMAND_TYPE_${type}` }) });

const shown = ({ message, phone }: Given) => ({ message, phoneNumber: phone });

/** What devices can be asked for; what one of them cannot do the platform refuses, and says why. */
export const VERBS: readonly Verb[] = [
  {
    name: "refetch",
    about: "ask devices for all their facts",
    act: { kind: "call", path: (id) => `/api/v1/devices/${id}/refetch` },
  },
  {
    name: "restart",
    about: "restart devices",
    consequence: "It restarts at its next contact. What is not saved there may be lost.",
    act: plain("RESTART"),
  },
  {
    name: "shutdown",
    about: "shut devices down",
    consequence: "It shuts down at its next contact, and somebody has to start it by hand.",
    act: plain("SHUTDOWN"),
  },
  {
    name: "lock",
    about: "lock devices until their passcode, or the PIN of a Mac, is entered",
    consequence:
      "It locks at its next contact. A Mac asks for a PIN afterwards: `muster get secrets --device` lists it.",
    options: [
      { flags: "--pin <digits>", about: `six digits that unlock a Mac; ${PIN}` },
      { flags: "--message <text>", about: "what is shown on it" },
      { flags: "--phone <number>", about: "the number that is shown on it" },
    ],
    act: {
      kind: "command",
      body: (given) => ({ type: "COMMAND_TYPE_LOCK", lock: { pin: given["pin"], ...shown(given) } }),
    },
  },
  {
    name: "wipe",
    about: "erase everything on devices",
    consequence: "Everything on it is erased at its next contact. Nothing brings it back.",
    destroys: true,
    options: [
      { flags: "--pin <digits>", about: `six digits that a Mac without a secure enclave asks for afterwards; ${PIN}` },
      { flags: "--preserve-data-plan", about: "keep mobile plans" },
      { flags: "--return-to-service", about: "let it come back by itself, enrolled" },
      { flags: "--wifi-profile <file>", about: "the mobileconfig of the Wi-Fi that it comes back over" },
    ],
    act: {
      kind: "command",
      body: async ({ pin, preserveDataPlan, returnToService, wifiProfile }, read) => ({
        type: "COMMAND_TYPE_WIPE",
        wipe: {
          pin,
          preserveDataPlan,
          returnToService,
          ...(typeof wifiProfile === "string" && { wifiProfile: (await read(wifiProfile)).toString("base64") }),
        },
      }),
    },
  },
  {
    name: "clear-passcode",
    about: "remove the passcode of devices",
    consequence: "Whoever holds it gets in without a passcode, until a new one is set.",
    act: plain("CLEAR_PASSCODE"),
  },
  {
    name: "lost-mode enable",
    about: "lock lost devices and show a message on them",
    consequence: "Nobody can use it until lost mode ends.",
    options: LOST_MODE_OPTIONS,
    act: {
      kind: "command",
      body: (given) => ({
        type: "COMMAND_TYPE_ENABLE_LOST_MODE",
        lostMode: { ...shown(given), footnote: given["footnote"] },
      }),
    },
  },
  { name: "lost-mode disable", about: "end lost mode", act: plain("DISABLE_LOST_MODE") },
  { name: "locate", about: "ask lost devices where they are", act: plain("LOCATE") },
  {
    name: "unenroll",
    about: "end the management of devices",
    consequence: "It is no longer managed: its keys are refused from now on, and it has to enroll anew to come back.",
    destroys: true,
    act: { ...plain("UNENROLL"), isPrompt: true },
  },
  ...APPLE_VERBS,
];
