/* The signed bundle: what this phone verifies with. Only one signed by the pinned key counts. */
import { hex, importKey, isSignedBy, readMap, readSign1 } from "./cose.js";

const KEYS = ["serial", "issuedAt", "keys", "register", "revocations", "areas", "rules", "roster", "previousKids"];

function fromHex(text) {
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
}

function kidOf(value) {
  return value instanceof Uint8Array ? hex(value) : String(value);
}

function first(map, key, value) {
  if (!map.has(key)) { map.set(key, value); }
}

function area([name, level, isClosed, starts, ends, place, lat, lon, radius]) {
  return { name, level, isClosed, starts, ends, place, lat, lon, radius };
}

export function parsed(payload) {
  const map = readMap(payload);
  const raw = Object.fromEntries(KEYS.map((name, index) => [name, map.get(index + 1)]));
  const bundle = {
    serial: raw.serial,
    issuedAt: raw.issuedAt,
    keys: new Map(),
    register: new Map(),
    byNumber: new Map(),
    revocations: new Map(),
    areas: (raw.areas || []).map(area),
    rules: raw.rules || [],
    roster: raw.roster || [],
    previousKids: (raw.previousKids || []).map(kidOf),
  };
  for (const [kid, x, y, from, to, state] of raw.keys || []) {
    first(bundle.keys, hex(kid), { x, y, from, to, state });
  }
  for (const [cti, number, check, plate, notBefore, expires] of raw.register || []) {
    const row = { token: hex(cti), number, check, plate, notBefore, expires };
    first(bundle.register, row.token, row);
    first(bundle.byNumber, `${number}${check}`, row);
  }
  for (const [cti, end, at] of raw.revocations || []) { first(bundle.revocations, hex(cti), { end, at }); }
  return bundle;
}

/* The bundle in these bytes if `pin` ({kid, x, y} in hexadecimal) has signed it; otherwise null. */
export async function openBundle(bytes, pin) {
  try {
    const message = readSign1(bytes);
    if (message.kid !== pin.kid) { return null; }
    const key = await importKey(fromHex(pin.x), fromHex(pin.y));
    return (await isSignedBy(message, key)) ? parsed(message.payload) : null;
  } catch {
    return null;
  }
}

/* A key of the bundle, made ready once. */
export async function keyOf(bundle, kid) {
  const known = bundle.keys.get(kid);
  if (known && !known.ready) { known.ready = await importKey(known.x, known.y); }
  return known;
}
