/* Getting the bundle and sending the records, in the background, each with a short time-out. No verdict waits for it. */
import { openBundle } from "./bundle.js";

const TIMEOUT_MS = 8000;
const MOST_AT_ONCE = 100;
const LONGEST_TEXT = 2000;
const LATEST_S = 32503679999;

export class LoggedOut extends Error {}

async function ask(url, options = {}) {
  const response = await fetch(url, {
    credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS), ...options,
  });
  if (response.redirected) { throw new LoggedOut(); }
  return response;
}

function cookie(name) {
  const found = document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`));
  return found ? decodeURIComponent(found[1]) : "";
}

/* The server's own time, which came over HTTPS and from no cache. */
function tellTime(response, clock) {
  const said = Date.parse(response.headers.get("Date") || "");
  if (!Number.isNaN(said)) { clock.tell(said); }
}

/* The key a fresh page names: the kept page may be older than a change of keys. */
async function freshPin() {
  const response = await ask(location.pathname);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const setup = page.getElementById("setup");
  return setup ? JSON.parse(setup.textContent).pin : null;
}

/* The newest bundle and the key that has signed it; null where there is none that may be trusted. A new key counts if the
   page itself names it and its bundle names the pinned one before it. */
export async function fetchBundle(url, pin, clock) {
  const response = await ask(url);
  if (!response.ok) { return null; }
  const bytes = new Uint8Array(await response.arrayBuffer());
  tellTime(response, clock);
  const known = pin && (await openBundle(bytes, pin));
  if (known) { return { bytes, bundle: known, pin }; }
  const next = await freshPin();
  const bundle = next && (await openBundle(bytes, next));
  return bundle && (!pin || bundle.previousKids.includes(pin.kid)) ? { bytes, bundle, pin: next } : null;
}

/* What no code of ours looks like is not sent along: nobody's square may hold the queue up. */
function fit(text) {
  return text.length <= LONGEST_TEXT && /^[ -~]*$/.test(text) ? text : "";
}

/* What waits, oldest first: records not sent yet, and decisions about records that are sent or go with them. */
export function waiting(entries) {
  const records = entries.filter((entry) => !entry.sent).slice(0, MOST_AT_ONCE);
  const last = records.length ? records[records.length - 1].seq : Infinity;
  const decisions = entries
    .filter((entry) => entry.sent || entry.seq <= last)
    .flatMap((entry) => entry.decisions.filter((one) => !one.sent).map((one) => ({ ...one, seq: entry.seq })))
    .slice(0, MOST_AT_ONCE);
  return { records, decisions };
}

export async function send(url, chain, entries, bundle, clock) {
  const { records, decisions } = waiting(entries);
  const body = {
    device: chain.device,
    checkpoint: chain.checkpoint,
    now: Math.min(Math.floor(Date.now() / 1000), LATEST_S),
    bundle: bundle ? bundle.serial : 0,
    records: records.map((entry) => ({ ...entry.record, text: fit(entry.text) })),
    decisions: decisions.map(({ seq, state, reason }) => ({ seq, state, reason })),
  };
  const response = await ask(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
    body: JSON.stringify(body),
  });
  if (!(response.headers.get("Content-Type") || "").includes("json")) { throw new Error(String(response.status)); }
  const answer = await response.json();
  if (response.ok) { clock.tell(answer.now * 1000); }
  return { answer, records, decisions };
}
