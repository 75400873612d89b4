/* COSE_Sign1 with ES256. CBOR by cborg, the signature by the browser's own WebCrypto. */
import { decode } from "../../vendor/cborg/decode.js";
import { encode } from "../../vendor/cborg/encode.js";

const ES256 = -7;
const ALGORITHM = 1;
const KID = 4;
const SIGNATURE_BYTES = 64;
class Sign1 {
  constructor(parts) { this.parts = parts; }
}

const READING = { useMaps: true, tags: { 18: (inner) => new Sign1(inner()) } };

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function readMap(bytes) {
  const map = decode(bytes, READING);
  if (!(map instanceof Map)) { throw new Error("cose: not a map"); }
  return map;
}

/* The parts of a message, nothing verified. Throws for whatever is not exactly what `codes/signing.py` writes. */
export function readSign1(bytes) {
  const message = decode(bytes, READING);
  if (!(message instanceof Sign1) || !Array.isArray(message.parts) || message.parts.length !== 4) {
    throw new Error("cose: no COSE_Sign1");
  }
  const [head, open, payload, signature] = message.parts;
  if (![head, payload, signature].every((part) => part instanceof Uint8Array)) { throw new Error("cose: bytes"); }
  const header = readMap(head);
  const kid = header.get(KID);
  if (header.size !== 2 || header.get(ALGORITHM) !== ES256 || !(kid instanceof Uint8Array)) { throw new Error("cose: header"); }
  if (!(open instanceof Map) || open.size) { throw new Error("cose: header"); }
  if (signature.length !== SIGNATURE_BYTES) { throw new Error("cose: signature"); }
  return { head, payload, signature, kid: hex(kid) };
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function importKey(x, y) {
  const jwk = { kty: "EC", crv: "P-256", x: base64url(x), y: base64url(y) };
  return crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
}

export function isSignedBy(message, key) {
  const signed = encode(["Signature1", message.head, new Uint8Array(0), message.payload]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, message.signature, signed);
}
