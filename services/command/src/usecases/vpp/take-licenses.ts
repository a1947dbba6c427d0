import type { Enrollment } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { AppsAndBooksError } from "../../domain/vpp/apps-and-books-error.ts";
import { refusalReason } from "../../domain/vpp/event-failures.ts";
import { shareLicenses } from "../../domain/vpp/share-licenses.ts";
import type { AssetName, Assignees } from "../../domain/vpp/store.ts";
import { changeLicenses, forgetLicenses, type OpenLicense } from "../../storage/app-licenses.ts";
import { type Failing, failWaiting, type TokenWork } from "./token-work.ts";

/** A command that got no license for so long fails. */
const PATIENCE_MS = 24 * 3_600_000;

export const assigneesOf = (licenses: readonly OpenLicense[]): Assignees => ({
  serialNumbers: licenses.filter(({ of_person }) => !of_person).map(({ assignee }) => assignee),
  clientUserIds: [...new Set(licenses.filter(({ of_person }) => of_person).map(({ assignee }) => assignee))],
});

/** Asks Apple for the licenses that commands wait for. @returns whether it was asked for something */
export async function takeLicenses(work: TokenWork, open: readonly OpenLicense[], most: number): Promise<boolean> {
  const wanted = open.filter(({ state }) => state === "wanted");
  if (wanted.length === 0) return false;
  const { named, failing } = await nameAssignees(work, wanted);
  for (const licenses of Map.groupBy(named, ({ adam_id, pricing_param }) => `${adam_id}/${pricing_param}`).values())
    failing.push(...(await takeOf(work, licenses, most)));
  await failWaiting(work, failing);
  await work.write((each) =>
    forgetLicenses(
      each.sql,
      work.token.tenant,
      failing.map(({ license }) => license),
    ),
  );
  return wanted.length > failing.length;
}

/** Asks for licenses of one app, as many as are left, for those who wait longest. */
async function takeOf(work: TokenWork, licenses: readonly OpenLicense[], most: number): Promise<Failing[]> {
  const { bearer, deps } = work;
  const [first] = licenses;
  if (first === undefined) return [];
  const name = { adamId: first.adam_id, pricingParam: first.pricing_param };
  const [asset] = await deps.store.assets(bearer, name);
  const no = (reason: string) => (license: OpenLicense) => ({ license, reason });
  if (asset === undefined) return licenses.map(no("app_license.none_left"));
  const fitting = licenses.filter(({ of_person }) => of_person || asset.deviceAssignable);
  const unfit = licenses.filter((license) => !fitting.includes(license));
  const scarce = asset.availableCount < fitting.length;
  const have = scarce ? await deps.store.holders(bearer, name) : new Set<string>();
  const { given, left } = shareLicenses(fitting, asset.availableCount, have);
  const refused: Failing[] = [];
  for (let start = 0; start < given.length; start += most)
    refused.push(...(await associate(work, name, given.slice(start, start + most))));
  return [...unfit.map(no("app_license.not_for_devices")), ...left.map(no("app_license.none_left")), ...refused];
}

/** Asks for licenses of one app. Where Apple refuses them together, it is asked for fewer, down to the one it refuses. */
async function associate(work: TokenWork, name: AssetName, licenses: readonly OpenLicense[]): Promise<Failing[]> {
  const { bearer, deps, token, write } = work;
  try {
    const eventId = await deps.store.associate(bearer, name, assigneesOf(licenses));
    await write((each) =>
      changeLicenses(
        each.sql,
        token.tenant,
        licenses.map((license) => [
          license,
          { state: "asked", assignee: license.assignee, eventId, attempts: license.attempts + 1 },
        ]),
        deps.now(),
      ),
    );
    return [];
  } catch (error) {
    if (!(error instanceof AppsAndBooksError) || error.tokenProblem !== undefined || error.status !== 400) throw error;
    const [license, ...others] = licenses;
    if (license === undefined) return [];
    if (others.length === 0) return [{ license, reason: refusalReason(error.number, error.message) }];
    const half = Math.ceil(licenses.length / 2);
    return [
      ...(await associate(work, name, licenses.slice(0, half))),
      ...(await associate(work, name, licenses.slice(half))),
    ];
  }
}

/** Finds out by which serial number, or as which person, Apple knows those who wait. */
async function nameAssignees(work: TokenWork, wanted: readonly OpenLicense[]) {
  const { deps, token } = work;
  const failing: Failing[] = [];
  const named: OpenLicense[] = [];
  const ids = wanted.flatMap(({ enrollment_id }) => enrollment_id ?? []);
  const enrollments = ids.length === 0 ? [] : await deps.askEnrollment(token.tenant, ids);
  const byDevice = new Map(enrollments.map((enrollment) => [enrollment.deviceId, enrollment]));
  const tooLate = deps.now().getTime() - PATIENCE_MS;
  for (const license of wanted) {
    const enrollment = byDevice.get(license.device_id);
    const name = enrollment === undefined ? "" : nameOf(work, license, enrollment);
    if (license.wanted_at.getTime() < tooLate) failing.push({ license, reason: "app_license.gave_up" });
    else if (enrollment === undefined) failing.push({ license, reason: "command.device_unenrolled" });
    else if (name === "")
      failing.push({ license, reason: license.of_person ? "app_license.no_account" : "app_license.no_serial" });
    else named.push({ ...license, assignee: name });
  }
  const unknown = await addPeople(work, named, byDevice);
  return { named: named.filter(({ assignee }) => !unknown.has(assignee)), failing };
}

const nameOf = (
  { deps, token }: TokenWork,
  { of_person }: OpenLicense,
  { apple, hardwareSerial }: Enrollment,
): string => {
  if (!of_person) return hardwareSerial;
  const account = apple?.managedAccount ?? "";
  return account === "" ? "" : deps.personName(token.tenant, account);
};

/** People are known to Apple before they are given something. @returns those who are not known yet, and were told of now */
async function addPeople(
  { bearer, deps }: TokenWork,
  named: readonly OpenLicense[],
  byDevice: ReadonlyMap<string, Enrollment>,
): Promise<Set<string>> {
  const unknown = new Set<string>();
  const people = new Map(
    named.filter(({ of_person }) => of_person).map(({ assignee, device_id }) => [assignee, device_id]),
  );
  for (const [person, deviceId] of people) {
    if (await deps.store.hasPerson(bearer, person)) continue;
    await deps.store.addPerson(bearer, person, byDevice.get(deviceId)?.apple?.managedAccount ?? "");
    unknown.add(person);
  }
  return unknown;
}
