/* What a pass code says, read as strictly as `codes/payload.py` and `codes/text.py` read it. */
import { decodeBase45 } from "./base45.js";
import { hex, readMap, readSign1 } from "./cose.js";

const PREFIX = "GC1:";
const LONGEST = 4000;
const KINDS = ["green", "transfer", "empty_return"];
const TOKEN_BYTES = 16;
const CREW_BYTES = 2;
const SHORT_DIGITS = 16;
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function number(value) {
  if (!Number.isSafeInteger(value) || value < 0) { throw new Error("payload: number"); }
  return value;
}

function text(value) {
  if (typeof value !== "string" || [...value].length > 20) { throw new Error("payload: text"); }
  return value;
}

function bytes(value, size, least = size) {
  if (!(value instanceof Uint8Array) || value.length < least || value.length > size) { throw new Error("payload: bytes"); }
  return value;
}

function known(value) {
  if (value === undefined) { throw new Error("payload: kind"); }
  return value;
}

export function readPayload(data) {
  const map = readMap(data);
  const token = bytes(map.get(7), TOKEN_BYTES);
  const route = map.get(-4);
  return {
    issuer: text(map.get(1)),
    expires: number(map.get(4)),
    notBefore: number(map.get(5)),
    issuedAt: number(map.get(6)),
    token,
    short: hex(token).slice(0, SHORT_DIGITS),
    plate: text(map.get(-1)),
    plateClass: text(map.get(-2)),
    counties: map.get(-3).map(number),
    route: [number(route[0]), number(route[1])],
    manifest: number(map.get(-5)),
    manifestHash: bytes(map.get(-6), TOKEN_BYTES),
    crewHash: hex(bytes(map.get(-7), TOKEN_BYTES, CREW_BYTES)),
    kind: known(KINDS[number(map.get(-8))]),
    isSpecimen: map.get(-9) === true,
    number: number(map.get(-10)),
    ratedKg: number(map.get(-11)),
    rules: number(map.get(-12)),
  };
}

/* The message in the square and what it says; throws where it is no pass code. */
export function readText(said) {
  const whole = said.replace(/^[\r\n]+|[\r\n]+$/g, "");
  if (!whole.startsWith(PREFIX) || whole.length > LONGEST) { throw new Error("payload: prefix"); }
  const message = readSign1(decodeBase45(whole.slice(PREFIX.length)));
  return { message, payload: readPayload(message.payload) };
}

/* The first 20 bits of the signature's SHA-256, five by five. */
export async function checkCode(signature) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", signature));
  const bits = ((digest[0] << 16) | (digest[1] << 8) | digest[2]) >> 4;
  return [15, 10, 5, 0].map((shift) => CROCKFORD[(bits >> shift) & 31]).join("");
}

/* As it is stored: what is misread for another letter means that one. */
export function tidyCheckCode(typed) {
  const kept = typed.toUpperCase().replace(/[^0-9A-Z]/g, "");
  return kept.replace(/[IL]/g, "1").replace(/O/g, "0").slice(0, 4);
}

/* What a person types or pastes: the whole text, or twelve digits with four letters. Full-width characters, line breaks and
   the spaces that a copy has lost at the end are put right. Null where it is neither. */
export function readTyped(typed) {
  const said = typed.normalize("NFKC").replace(/[\r\n\t\u3000]/g, "").replace(/^\s+/, "");
  const upper = said.toUpperCase();
  if (upper.startsWith(PREFIX)) {
    const body = upper.slice(PREFIX.length).replace(/ +$/, "");
    return { text: PREFIX + body.padEnd(body.length + (body.length % 3 === 1 ? 1 : 0), " ") };
  }
  const found = /^(\d{12})([0-9A-Z]{4})$/.exec(upper.replace(/[^0-9A-Z]/g, ""));
  return found ? { number: Number(found[1]), check: tidyCheckCode(found[2]) } : null;
}
