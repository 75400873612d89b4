/* What a checkpoint is told about a code: the table of `codes/verdicts.py`, line by line. Both sides run the cases of
   tests/logistics/verdict_vectors.json. It waits for no network. */
import { keyOf } from "./bundle.js";
import { hex, isSignedBy } from "./cose.js";
import { readText, tidyCheckCode } from "./payload.js";

/* Reason → verdict. Within a verdict the earlier reason is said first. */
export const VERDICTS = {
  bad_signature: "refuse",
  bad_key: "refuse",
  specimen: "refuse",
  pass_revoked: "refuse",
  by_hand: "refuse",
  trip_ended: "refuse",
  broken_down: "refuse",
  expired: "refuse",
  copied: "hold",
  never_issued: "hold",
  pass_suspended: "hold",
  unfit: "hold",
  crew_changed: "hold",
  not_yet: "hold",
  area_closed: "hold",
  clock_wrong: "unknown",
  no_bundle: "unknown",
  stale_bundle: "unknown",
  unreadable: "unknown",
  not_found: "unknown",
  goods_changed: "check",
  renewed: "check",
  newer_than_bundle: "check",
  not_here: "check",
  genuine: "pass",
};
const ORDER = Object.keys(VERDICTS);
const ALARMS = ["copied", "never_issued", "bad_key", "clock_wrong"];
const FRESH_S = 3600;
const USABLE_S = 12 * 3600;
export const SKEW_S = 300;
const EARTH_M = 6371000;

export function rule(reasons, payload = null, isSigned = true) {
  const ordered = [...new Set(reasons)].sort((one, other) => ORDER.indexOf(one) - ORDER.indexOf(other));
  if (!ordered.length) { ordered.push("genuine"); }
  const alarm = (isSigned && ALARMS.find((reason) => ordered.includes(reason))) || "";
  return { verdict: VERDICTS[ordered[0]], reasons: ordered, alarm, payload };
}

export function ageWord(bundle, now) {
  if (!bundle) { return "none"; }
  const age = now - bundle.issuedAt;
  return age < FRESH_S ? "fresh" : age < USABLE_S ? "usable" : "stale";
}

/* `moment`: {now, floor, spot: {place, lat, lon} or null, phone or null, isCopied}; times are unix seconds. */
export async function judgeText(text, bundle, moment) {
  let read;
  try {
    read = readText(text);
  } catch {
    return rule(["unreadable"], null, false);
  }
  if (!bundle) { return rule(["no_bundle"], null, false); }
  const { message, payload } = read;
  const wrong = await signature(message, payload, bundle, moment);
  if (wrong) { return rule([wrong], null, wrong === "bad_key" && bundle.keys.has(message.kid)); }
  const reasons = [
    ...device(bundle, moment),
    ...life(payload, bundle),
    ...times(payload, bundle, moment),
    ...place(payload, bundle, moment),
    ...(payload.isSpecimen ? ["specimen"] : []),
    ...(moment.isCopied ? ["copied"] : []),
  ];
  if (typeof moment.phone === "string" && !(await isCrew(payload, moment.phone))) { reasons.push("crew_changed"); }
  return rule(reasons, payload);
}

export function judgeTyped(number, check, bundle, moment) {
  if (!bundle) { return rule(["no_bundle"], null, false); }
  const found = bundle.byNumber.get(`${number}${tidyCheckCode(check)}`);
  if (!found) { return rule([...device(bundle, moment), "not_found"], null, false); }
  const reasons = [...device(bundle, moment), ...times(found, bundle, moment), ...(moment.isCopied ? ["copied"] : [])];
  return { ...rule(reasons), row: found };
}

/* As many bytes as the code has: two, or sixteen of a code signed before. Two, because the token stands beside them and all
   telephone numbers can be tried: see `crew_hash` in `codes/payload.py`. */
export async function isCrew(payload, phone) {
  const said = new TextEncoder().encode(phone);
  const salted = new Uint8Array(payload.token.length + said.length);
  salted.set(payload.token);
  salted.set(said, payload.token.length);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", salted));
  return hex(digest.slice(0, payload.crewHash.length / 2)) === payload.crewHash;
}

function nowOf(bundle, moment) {
  return Math.max(moment.now, moment.floor, bundle.issuedAt);
}

function device(bundle, moment) {
  const reasons = [];
  if (moment.now + SKEW_S < Math.max(moment.floor, bundle.issuedAt)) { reasons.push("clock_wrong"); }
  if (ageWord(bundle, nowOf(bundle, moment)) === "stale") { reasons.push("stale_bundle"); }
  return reasons;
}

/* Why the signature does not count; empty where it does. A key that came after a stale bundle is nobody's fault. */
async function signature(message, payload, bundle, moment) {
  const key = await keyOf(bundle, message.kid);
  if (!key) { return ageWord(bundle, nowOf(bundle, moment)) === "stale" ? "stale_bundle" : "bad_key"; }
  if (!(await isSignedBy(message, key.ready))) { return "bad_signature"; }
  const inTime = key.from - SKEW_S <= payload.issuedAt && payload.issuedAt <= key.to + SKEW_S;
  return key.state !== "withdrawn" && inTime ? "" : "bad_key";
}

function life(payload, bundle) {
  const revoked = bundle.revocations.get(payload.short);
  if (revoked) { return [Object.hasOwn(VERDICTS, revoked.end) ? revoked.end : "by_hand"]; }
  if (payload.isSpecimen || bundle.register.has(payload.short)) { return []; }
  return [payload.issuedAt > bundle.issuedAt ? "newer_than_bundle" : "never_issued"];
}

function times({ notBefore, expires }, bundle, moment) {
  const now = nowOf(bundle, moment);
  return now >= expires ? ["expired"] : now < notBefore ? ["not_yet"] : [];
}

function place(payload, bundle, moment) {
  const now = nowOf(bundle, moment);
  const spot = moment.spot;
  const isNow = (area) => area.starts <= now && now < (area.ends || now + 1);
  const reasons = bundle.areas.some((area) => isNow(area) && isClosed(area, payload, spot)) ? ["area_closed"] : [];
  if (spot && spot.place && !payload.counties.some((code) => covers(`${code}000000`, spot.place))) { reasons.push("not_here"); }
  return reasons;
}

function isClosed(area, payload, spot) {
  if (!area.isClosed) { return false; }
  if (area.radius !== null) { return Boolean(spot) && within(area, spot); }
  if (spot && spot.place && covers(area.place, spot.place)) { return true; }
  return area.place.endsWith("000000") && payload.route.some((code) => covers(area.place, `${code}000000`));
}

function covers(code, other) {
  return other.startsWith(stem(code));
}

/* The digits that all that lies in a place begins with: 2 of a province, 4 of a city, 6 of a county, 9 of a township. */
function stem(code) {
  const digits = [2, 4, 6, 9].find((count) => /^0*$/.test(code.slice(count)));
  return digits ? code.slice(0, digits) : code;
}

function within(area, spot) {
  const degrees = [area.lat, area.lon, spot.lat, spot.lon];
  if (degrees.some((one) => one === null || one === undefined)) { return false; }
  const [lat1, lon1, lat2, lon2] = degrees.map((one) => (one * Math.PI) / 180);
  const h = Math.sin((lat2 - lat1) / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin((lon2 - lon1) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(h)) <= area.radius;
}
