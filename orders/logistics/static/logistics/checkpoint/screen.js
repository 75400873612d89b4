/* What the officer sees. Text only ever goes in as text. */
import { isOverruled, USUAL } from "./device.js";

const element = (id) => document.getElementById(id);
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const LOGGED = 20;
const GOOD = ["pass", "check"];
const OF_THE_PHONE = ["chain_broken", "clock_wrong"]; // alarms that say nothing of the truck

function fill(text, facts) {
  return text.replace(/%\((\w+)\)s/g, (_whole, name) => String(facts[name]));
}

function make(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
}

function say(node, text) {
  node.textContent = text;
  node.hidden = !text;
}

export class Screen {
  constructor(words) {
    this.words = words;
  }

  /* --- the head ----------------------------------------------------------------------------------------------- */
  span(seconds) {
    const { minutes, hours, days } = this.words;
    if (seconds < HOUR_S) { return fill(minutes, { number: Math.max(0, Math.floor(seconds / 60)) }); }
    if (seconds < 2 * DAY_S) { return fill(hours, { number: Math.floor(seconds / HOUR_S) }); }
    return fill(days, { number: Math.floor(seconds / DAY_S) });
  }

  showAge({ word, seconds }, isClockWrong) {
    const age = element("age");
    age.setAttribute("data-age", isClockWrong ? "stale" : word);
    age.textContent = isClockWrong ? this.words.clock_wrong : fill(this.words[`age_${word}`], { age: this.span(seconds) });
  }

  showReady(isReady) {
    element("ready").setAttribute("data-ready", isReady ? "yes" : "no");
    element("ready").textContent = isReady ? this.words.offline_ready : this.words.offline_waiting;
  }

  showQueue(number) {
    element("queue").setAttribute("data-waiting", String(number));
    element("queue").textContent = number ? fill(this.words.queue_some, { number }) : this.words.queue_none;
  }

  showTrouble({ trouble = "", loggedOut = false }) {
    say(element("trouble"), trouble ? fill(this.words.refused, { why: trouble }) : "");
    element("log-in").hidden = !loggedOut;
  }

  /* --- asking ------------------------------------------------------------------------------------------------- */
  showAsk(decided = "") {
    element("result").hidden = true;
    element("sign").setAttribute("data-verdict", "");
    element("ask").hidden = false;
    element("code").value = "";
    this.showTypedError("");
    say(element("typed-error"), decided ? fill(this.words.decided, { state: this.words.states[decided] }) : "");
    element("typed-error").classList.toggle("is-done", Boolean(decided));
    window.scrollTo(0, 0);
  }

  showCamera(isOn) {
    element("camera").hidden = !isOn;
    element("scan").hidden = isOn;
  }

  showTypedError(text) {
    element("typed-error").classList.remove("is-done");
    say(element("typed-error"), text);
  }

  /* --- the result ----------------------------------------------------------------------------------------------- */
  showResult(ruling, entry, earlier, bundle, now) {
    element("ask").hidden = true;
    element("result").hidden = false;
    this.showSign(ruling.verdict, ruling.reasons);
    this.showFacts(ruling);
    say(element("result-alarm"), "");
    const minutes = earlier ? Math.max(0, Math.floor((now / 1000 - earlier.record.seen_at) / 60)) : 0;
    say(element("note"), earlier ? fill(this.words.seen_before, { minutes }) : "");
    const health = GOOD.includes(ruling.verdict) && this.asksHealth(bundle, now);
    element("health").hidden = !health;
    element("health-text").textContent = this.words.health_needed;
    this.showHealthLink("");
    element("crew").hidden = !ruling.payload || ruling.verdict === "refuse";
    element("phone").value = "";
    this.showCrew("");
    this.showChoices(entry);
    element("result").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  showSign(verdict, reasons) {
    const sign = element("sign");
    sign.setAttribute("data-verdict", verdict);
    element("word").textContent = this.words.verdicts[verdict];
    const rows = reasons.filter((code) => this.words.reasons[code]);
    element("say").replaceChildren(...rows.map((code) => {
      const row = make("li", this.words.reasons[code].say, { "data-reason": code });
      row.append(make("span", this.words.reasons[code].cure, { class: "cure" }));
      return row;
    }));
  }

  /* Of a truck that may not pass, only why is shown: whose it is, is nobody's business here. */
  showFacts({ verdict, payload, row, plate }) {
    const known = verdict === "refuse" ? null : payload || row;
    say(element("plate"), known ? plate : "");
    element("facts").replaceChildren();
    if (!known) { return; }
    const facts = [
      [this.words.number, String(known.number).padStart(12, "0")],
      [this.words.from, this.clock(known.notBefore)],
      [this.words.until, this.clock(known.expires)],
    ];
    if (payload) {
      facts.unshift([this.words.kind, `${this.words.kinds[payload.kind]} · ${this.words.plates[payload.plateClass] || ""}`]);
      facts.push([this.words.rated, `${payload.ratedKg} ${this.words.kg}`]);
    }
    facts.forEach(([label, value]) => {
      const pair = document.createElement("div");
      pair.append(make("dt", label), make("dd", value));
      element("facts").append(pair);
    });
    if (!payload) { element("facts").append(make("p", this.words.by_number)); }
  }

  clock(seconds) {
    const options = { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false };
    return new Intl.DateTimeFormat(document.documentElement.lang, { ...options, timeZone: "Asia/Shanghai" })
      .format(new Date(seconds * 1000));
  }

  /* Rules of the bundle: [id, since, until or 0, pass needed, test hours or null, …]. */
  asksHealth(bundle, now) {
    const seconds = now / 1000;
    return Boolean(bundle) && bundle.rules.some(([, since, until, , hours]) =>
      since <= seconds && (!until || seconds < until) && hours !== null && hours !== undefined);
  }

  /* Known once the record has arrived: without a network the officer looks, and writes it down later. */
  showHealthLink(url) {
    element("health-link").hidden = !url;
    if (url) { element("health-link").setAttribute("href", url); }
  }

  /* The server knows more: never green after an alarm. */
  showAlarms(alarms) {
    if (!alarms || !alarms.length) { return; }
    const kind = alarms.map((one) => this.words.alarms[one]).join(" · ");
    say(element("result-alarm"), fill(this.words.alarm, { kind }));
    const sign = element("sign");
    if (GOOD.includes(sign.getAttribute("data-verdict"))) {
      sign.setAttribute("data-verdict", "hold");
      element("word").textContent = this.words.verdicts.hold;
    }
  }

  /* What came back with the record: alarms, the driver's health page, and where the server would not have let it pass, that. */
  showAnswer(entry) {
    if (isOverruled(entry)) {
      const { verdict, reasons, why } = entry.server;
      this.showSign(verdict, reasons);
      why.forEach((one) => element("say").append(make("li", one)));
      if (verdict === "refuse") { this.showFacts({ verdict }); }
      say(element("note"), this.words.server_says);
      this.showChoices(entry);
    } else if (entry.server && entry.server.verdict === "pass" && entry.record.verdict !== "pass") {
      say(element("note"), this.words.server_agrees);
    }
    this.showAlarms(entry.alarms);
    this.showHealthLink(entry.health);
  }

  /* Of trucks that have gone on by then: in sight until somebody looks. */
  showLate(entries) {
    const late = element("late");
    if (!entries.length) { late.replaceChildren(); }
    entries.filter((entry) => isOverruled(entry) || (entry.alarms || []).some((one) => !OF_THE_PHONE.includes(one)))
      .forEach((entry) => {
        const facts = { name: this.nameOf(entry.record), when: this.clock(entry.record.seen_at) };
        late.append(make("button", fill(this.words.late, facts), { type: "button", "data-seq": String(entry.seq) }));
      });
    late.hidden = !late.children.length;
  }

  phone() {
    const digits = element("phone").value.normalize("NFKC").replace(/\D/g, "").replace(/^(0086|86)(?=1\d{10}$)/, "");
    return /^1\d{10}$/.test(digits) ? `+86${digits}` : "";
  }

  showCrew(text) {
    say(element("crew-said"), text);
  }

  /* --- deciding ------------------------------------------------------------------------------------------------- */
  showChoices(entry) {
    const last = entry && entry.decisions.length ? entry.decisions[entry.decisions.length - 1].state : "seen";
    const isOpen = Boolean(entry) && (last === "seen" || last === "held");
    element("decide").hidden = !isOpen;
    element("decide").querySelectorAll("[name=to]").forEach((button) => {
      button.hidden = button.value === last;
      button.classList.toggle("main", button.value === this.usual(entry));
    });
    element("why").hidden = true;
    element("reason").value = "";
    say(element("why-error"), "");
  }

  usual(entry) {
    if (!entry) { return "held"; }
    return USUAL[isOverruled(entry) ? entry.server.verdict : entry.record.verdict] || "held";
  }

  askWhy() {
    element("why").hidden = false;
    say(element("why-error"), this.words.why_needed);
    element("why").scrollIntoView({ block: "center" });
    element("reason").focus();
  }

  /* Of who was refused, nothing is kept in sight. */
  nameOf({ verdict, plate }) {
    return verdict === "refuse" ? this.words.verdicts.refuse : plate || this.words.unknown_plate;
  }

  /* --- the list ------------------------------------------------------------------------------------------------- */
  showLog(entries) {
    const rows = entries.slice(-LOGGED).reverse().map((entry) => {
      const { record, decisions, sent } = entry;
      const state = decisions.length ? this.words.states[decisions[decisions.length - 1].state] : this.words.states.seen;
      const button = make("button", "", { type: "button", "data-seq": String(record.seq), "data-verdict": record.verdict });
      button.append(
        make("b", this.nameOf(record)),
        make("span", `${this.clock(record.seen_at)} · ${this.words.verdicts[record.verdict]} · ${state}`),
        ...((entry.alarms || []).length ? [make("b", this.words.alarmed, { class: "alarmed" })] : []),
        make("span", sent && decisions.every((one) => one.sent) ? this.words.sent : this.words.waiting, { class: "sent" }),
      );
      const row = document.createElement("li");
      row.append(button);
      return row;
    });
    element("log").replaceChildren(...(rows.length ? rows : [make("li", this.words.none_yet, { class: "nothing" })]));
  }
}
