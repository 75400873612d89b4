/* This phone as a checkpoint's device: what it keeps, what it judges, what it records. No element of the page is touched here. */
import { link } from "./chain.js";
import { openBundle } from "./bundle.js";
import { Clock } from "./clock.js";
import { readText } from "./payload.js";
import { openStore } from "./store.js";
import { fetchBundle, LoggedOut, send } from "./sync.js";
import { ageWord, judgeText, judgeTyped } from "./verdicts.js";

export const USUAL = { pass: "passed", check: "passed", hold: "held", refuse: "turned_back", unknown: "held" };
const LETS_PASS = ["pass", "check"];
const KEPT_S = 24 * 3600;
const MOST_KEPT = 300;
const LONGEST_PLATE = 10;
const LATEST_S = 32503679999; // the end of the calendar, should a phone's clock stand beyond it

/* This phone let pass what the server, asked as soon as there was a network, would not. */
export function isOverruled({ record, server }) {
  const said = server ? server.verdict : "";
  return LETS_PASS.includes(record.verdict) && said !== "" && !LETS_PASS.includes(said);
}

export class Device {
  constructor(setup) {
    this.setup = setup;
    this.bundle = null;
    this.copied = new Set();
  }

  async open() {
    this.store = await openStore();
    this.clock = new Clock((await this.store.get("clock")) || 0);
    this.pin = await this.store.get("pin");
    if (!this.pin && this.setup.pin) { await this.keepPin(this.setup.pin); }
    const bytes = await this.store.get("bundle");
    if (bytes && this.pin) { this.use(await openBundle(bytes, this.pin)); }
    this.copied = new Set((await this.store.get("copied")) || []);
    const chosen = await this.store.get("checkpoint");
    const known = this.setup.checkpoints.some((one) => one.id === chosen);
    await this.choose(known ? chosen : this.setup.checkpoints[0].id);
  }

  async choose(checkpoint) {
    this.checkpoint = this.setup.checkpoints.find((one) => one.id === checkpoint);
    await this.store.put("checkpoint", checkpoint);
    await navigator.locks.request("checkpoint-chain", async () => {
      this.key = `chain:${checkpoint}`;
      if (!(await this.store.get(this.key))) {
        await this.store.put(this.key, { device: crypto.randomUUID(), checkpoint, seq: 0, hash: "" });
      }
    });
  }

  async keepPin(pin) {
    this.pin = pin;
    await this.store.put("pin", pin);
  }

  use(bundle) {
    if (!bundle || (this.bundle && bundle.issuedAt < this.bundle.issuedAt)) { return false; }
    this.bundle = bundle;
    this.clock.raise(bundle.issuedAt * 1000);
    return true;
  }

  age() {
    const now = Math.floor(this.clock.now() / 1000);
    return { word: ageWord(this.bundle, now), seconds: this.bundle ? now - this.bundle.issuedAt : 0 };
  }

  /* --- judging ------------------------------------------------------------------------------------------------ */
  moment(token, phone = null) {
    const spot = { place: this.checkpoint.place, lat: this.checkpoint.lat, lon: this.checkpoint.lon };
    return { ...this.clock.seconds(), spot, phone, isCopied: this.copied.has(token) };
  }

  /* `asked`: {text} or {number, check}; `phone` once the officer has typed one. */
  async judge(asked, phone = null) {
    if (asked.text === undefined) {
      const row = this.bundle && this.bundle.byNumber.get(`${asked.number}${asked.check}`);
      const token = row ? row.token : "";
      const ruling = judgeTyped(asked.number, asked.check, this.bundle, this.moment(token));
      return { ...ruling, token, plate: row ? row.plate : "", row: row || null };
    }
    let token = "";
    let plate = "";
    try {
      const { payload } = readText(asked.text);
      token = payload.short;
      plate = [...payload.plate.replace(/[^\p{L}\p{N}·]/gu, "")].slice(0, LONGEST_PLATE).join("");
    } catch {
      /* said by the ruling */
    }
    const ruling = await judgeText(asked.text, this.bundle, this.moment(token, phone));
    return { ...ruling, token, plate };
  }

  /* --- recording ---------------------------------------------------------------------------------------------- */
  async record(asked, ruling) {
    return navigator.locks.request("checkpoint-chain", async () => {
      const chain = await this.store.get(this.key);
      const facts = {
        checkpoint: this.checkpoint.id,
        by: this.setup.user,
        seen_at: Math.min(Math.floor(this.clock.now() / 1000), LATEST_S),
        token: ruling.token,
        plate: ruling.plate,
        verdict: ruling.verdict,
        reasons: ruling.reasons,
        bundle: this.bundle ? this.bundle.serial : 0,
      };
      const { record, head } = await link(chain, chain.device, facts);
      const entry = {
        device: chain.device, seq: record.seq, record, text: asked.text || "", asked, sent: false, decisions: [], alarms: [],
      };
      await this.store.append(entry, this.key, { ...chain, ...head });
      await this.store.put("clock", this.clock.live());
      return entry;
    });
  }

  needsReason(entry, state) {
    const wasHeld = entry.decisions.some((one) => one.state === "held");
    return wasHeld || USUAL[isOverruled(entry) ? entry.server.verdict : entry.record.verdict] !== state;
  }

  decide(entry, state, reason) {
    const decisions = [...entry.decisions, { state, reason, sent: false }];
    return this.store.change(entry.device, entry.seq, { decisions });
  }

  async entries() {
    const chain = await this.store.get(this.key);
    return this.store.entries(chain.device);
  }

  async live() {
    await this.store.put("clock", this.clock.live());
  }

  /* --- the network, when there is one ------------------------------------------------------------------------------ */
  /* Returns {trouble, loggedOut, arrived}. Two tabs never send at once. */
  sync() {
    return navigator.locks.request("checkpoint-sync", { ifAvailable: true }, async (lock) => {
      const told = { trouble: "", loggedOut: false, arrived: new Map() };
      if (!lock) { return told; }
      try {
        await this.renew();
        await this.deliver(told);
      } catch (error) {
        told.loggedOut = error instanceof LoggedOut;
      }
      await this.live();
      return told;
    });
  }

  async renew() {
    const got = await fetchBundle(this.setup.urls.bundle, this.pin, this.clock);
    if (!got || !this.use(got.bundle)) { return; }
    await this.store.put("bundle", got.bytes);
    await this.keepPin(got.pin);
  }

  async deliver(told) {
    const chain = await this.store.get(this.key);
    const entries = await this.store.entries(chain.device);
    const { answer, records, decisions } = await send(this.setup.urls.checkpoint_sync, chain, entries, this.bundle, this.clock);
    if (answer.refused) {
      told.trouble = answer.refused;
      return;
    }
    const arrived = new Map(answer.records.map((one) => [one.hash, one]));
    for (const entry of records.filter((one) => arrived.has(one.record.hash))) {
      const { alarms, health, server } = arrived.get(entry.record.hash);
      const facts = { sent: true, alarms, health, server, text: "" };
      told.arrived.set(entry.seq, await this.store.change(entry.device, entry.seq, facts));
    }
    for (const [index, one] of decisions.entries()) {
      const refused = answer.decisions[index].refused;
      await this.settle(chain.device, one, refused);
      if (refused) { told.trouble = refused; }
    }
    this.copied = new Set(answer.copied);
    await this.store.put("copied", answer.copied);
    await this.tidy(chain.device);
  }

  async settle(device, decision, refused) {
    const entry = (await this.store.entries(device)).find((one) => one.seq === decision.seq);
    const decisions = entry.decisions.map((one) =>
      one.state === decision.state && !one.sent ? { ...one, sent: true, refused } : one);
    await this.store.change(device, decision.seq, { decisions });
  }

  async tidy(device) {
    const since = this.clock.now() / 1000 - KEPT_S;
    const done = (await this.store.entries(device)).filter((one) => one.sent && one.decisions.every((each) => each.sent));
    const old = done.filter((one, index) => one.record.seen_at < since || index < done.length - MOST_KEPT);
    await this.store.forget(device, old.map((one) => one.seq));
  }
}

