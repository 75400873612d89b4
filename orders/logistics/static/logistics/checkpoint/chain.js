/* The hash chain of this device's records: the same words and the same hash as `orders/logistics/chains.py`. */
import { hex } from "./cose.js";

const VERSION = 1;

export function canonical(value) {
  if (Array.isArray(value)) { return `[${value.map(canonical).join(",")}]`; }
  if (value !== null && typeof value === "object") {
    const pairs = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
    return `{${pairs.join(",")}}`;
  }
  return JSON.stringify(value);
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export async function hashOf(facts) {
  return hex(await sha256(new TextEncoder().encode(canonical(facts))));
}

/* The record after `head` ({seq, hash}) and the head after it. */
export async function link(head, device, facts) {
  const record = { v: VERSION, device, seq: head.seq + 1, previous: head.hash, ...facts };
  const hash = await hashOf(record);
  return { record: { ...record, hash }, head: { seq: record.seq, hash } };
}
