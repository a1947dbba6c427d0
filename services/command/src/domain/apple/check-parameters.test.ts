import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { factsOf } from "./catalogue/catalogue.ts";
import { problemsOf } from "./check-parameters.ts";

const problems = (requestType: string, given: Readonly<Record<string, unknown>>) =>
  problemsOf(given, factsOf(requestType)?.parameters ?? {});

describe("the parameters of a command", () => {
  it("are taken as Apple describes them", () => {
    assert.deepEqual(problems("DeviceInformation", { Queries: ["OSVersion"] }), []);
    assert.deepEqual(problems("EraseDevice", { PIN: "123456", ReturnToService: { Enabled: true } }), []);
    assert.deepEqual(problems("Settings", { Settings: [{ Item: "DeviceName", DeviceName: "Mac of Ada" }] }), []);
  });

  it("are refused with the path of each key that is wrong", () => {
    assert.deepEqual(problems("DeviceInformation", {}), ["Queries is missing"]);
    assert.deepEqual(problems("DeviceInformation", { Queries: [1] }), ["Queries[0] has to be text"]);
    assert.deepEqual(problems("EraseDevice", { ObliterationBehavior: "Never" }), [
      "ObliterationBehavior has to be one of Default, DoNotObliterate, ObliterateWithWarning, Always",
    ]);
    assert.deepEqual(problems("EraseDevice", { ReturnToService: { WiFiProfileData: "no base64!" } }), [
      "ReturnToService.Enabled is missing",
      "ReturnToService.WiFiProfileData has to be data in base64",
    ]);
    assert.deepEqual(problems("ProfileList", { constructor: true }), ["constructor is no key of this command"]);
    assert.deepEqual(problems("InstallApplication", { ManagementFlags: 2 }), [
      "ManagementFlags has to be one of 0, 1, 4, 5",
    ]);
  });

  it("are refused where a property list cannot carry them, also what the catalogue does not name", () => {
    const setting = (Configuration: unknown) => problems("Settings", { Settings: [{ Item: "X", Configuration }] });
    const [at, cannot] = ["Settings[0].Configuration", "cannot be carried by a property list"];
    assert.deepEqual(setting({ Server: "example.com", Tries: [1.5, true, "Grüße"] }), []);
    assert.deepEqual(setting(null), [`${at} ${cannot}`]);
    assert.deepEqual(setting({ Server: null, Tries: [1, null] }), [
      `${at}.Server ${cannot}`,
      `${at}.Tries[1] ${cannot}`,
    ]);
    assert.deepEqual(setting({ "a\u0007": 1 }), [`${at}.a\u0007 ${cannot}`]);
    assert.deepEqual(problems("DeviceLock", { Message: "lost\u0007" }), [`Message ${cannot}`]);
  });
});
