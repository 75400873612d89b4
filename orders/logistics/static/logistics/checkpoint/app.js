/* The officer's page: what is pressed, and what is shown. */
import { Camera } from "./camera.js";
import { Device } from "./device.js";
import { readTyped } from "./payload.js";
import { Screen } from "./screen.js";

const TICK_MS = 15000;
const SYNC_MS = 60000;
const setup = JSON.parse(document.getElementById("setup").textContent);
const element = (id) => document.getElementById(id);
const device = new Device(setup);
const screen = new Screen(setup.words);
let shown = null; // {asked, ruling, entry} on the screen now
let wanted = ""; // the decision that waits for its reason

async function refresh() {
  screen.showAge(device.age(), device.clock.isWrong());
  screen.showReady(Boolean(device.bundle) && Boolean(navigator.serviceWorker && navigator.serviceWorker.controller));
  const entries = await device.entries();
  screen.showQueue(entries.filter((one) => !one.sent || one.decisions.some((each) => !each.sent)).length);
  screen.showLog(entries);
}

async function sync() {
  const told = await device.sync();
  screen.showTrouble(told);
  if (shown && shown.entry && told.arrived.has(shown.entry.seq)) {
    shown.entry = told.arrived.get(shown.entry.seq);
    screen.showAnswer(shown.entry);
    told.arrived.delete(shown.entry.seq);
  }
  screen.showLate([...told.arrived.values()]);
  await refresh();
}

/* Judged and shown at once; the record is written beside it, and the network is asked for nothing. */
async function check(asked, phone = null) {
  const ruling = await device.judge(asked, phone);
  try {
    const earlier = (await device.entries()).reverse().find((one) => ruling.token && one.record.token === ruling.token);
    const entry = await device.record(asked, ruling);
    shown = { asked, ruling, entry };
    wanted = "";
    screen.showResult(ruling, entry, phone === null ? earlier : undefined, device.bundle, device.clock.now());
  } catch {
    screen.showResult(ruling, null, undefined, device.bundle, device.clock.now());
    screen.showTrouble({ trouble: setup.words.not_kept });
  }
  await refresh();
  sync();
}

async function decide(state) {
  const reason = element("reason").value.trim();
  if (device.needsReason(shown.entry, state) && !reason) {
    wanted = state;
    screen.askWhy(state);
    return;
  }
  await device.decide(shown.entry, state, reason);
  shown = null;
  screen.showAsk(state);
  await refresh();
  sync();
}

const camera = new Camera(element("video"), (text) => {
  screen.showCamera(false);
  check({ text });
});

element("scan").addEventListener("click", async () => {
  screen.showCamera(true);
  try {
    await camera.start();
  } catch {
    camera.stop();
    screen.showCamera(false);
    screen.showTypedError(setup.words.no_camera);
  }
});
element("stop").addEventListener("click", () => {
  camera.stop();
  screen.showCamera(false);
});
element("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = readTyped(element("code").value);
  if (!asked) {
    screen.showTypedError(setup.words.not_code);
    return;
  }
  camera.stop();
  screen.showCamera(false);
  check(asked);
});
element("crew").addEventListener("submit", async (event) => {
  event.preventDefault();
  const phone = screen.phone();
  if (!phone) {
    screen.showCrew(setup.words.crew_typed);
    return;
  }
  const ruling = await device.judge(shown.asked, phone);
  if (ruling.reasons.includes("crew_changed")) {
    await check(shown.asked, phone);
    screen.showCrew(setup.words.crew_other);
  } else {
    screen.showCrew(setup.words.crew_same);
  }
});
element("decide").addEventListener("submit", (event) => {
  event.preventDefault();
  const pressed = event.submitter && event.submitter.name === "to" ? event.submitter.value : wanted;
  if (shown && pressed) { decide(pressed); }
});
element("why").addEventListener("click", (event) => {
  const pick = event.target.getAttribute("data-pick");
  if (!pick) { return; }
  element("reason").value = pick;
  if (wanted) { decide(wanted); }
});
element("again").addEventListener("click", () => {
  shown = null;
  screen.showAsk();
});
/* A record of before, as it was judged then, with what the server has said since. */
async function reopen(event) {
  const row = event.target.closest("[data-seq]");
  if (!row) { return; }
  const entry = (await device.entries()).find((one) => one.seq === Number(row.getAttribute("data-seq")));
  const ruling = await device.judge(entry.asked);
  const { verdict, reasons, token, plate } = entry.record;
  shown = { asked: entry.asked, ruling, entry };
  screen.showResult({ ...ruling, verdict, reasons, token, plate }, entry, undefined, device.bundle, device.clock.now());
  screen.showAnswer(entry);
}
element("log").addEventListener("click", reopen);
element("late").addEventListener("click", async (event) => {
  await reopen(event);
  screen.showLate([]);
});
const where = element("where");
if (where) {
  where.addEventListener("change", async () => {
    await device.choose(Number(where.value));
    shown = null;
    screen.showAsk();
    await refresh();
    sync();
  });
}

async function start() {
  if (navigator.serviceWorker) {
    navigator.serviceWorker.addEventListener("controllerchange", refresh);
    navigator.serviceWorker.register(setup.urls.checkpoint_worker).catch(() => undefined);
  }
  await device.open();
  if (where) { where.value = String(device.checkpoint.id); }
  if (navigator.storage && navigator.storage.persist) { navigator.storage.persist(); }
  await refresh();
  document.body.setAttribute("data-screen", "ask");
  sync();
  window.addEventListener("online", sync);
  setInterval(async () => { await device.live(); await refresh(); }, TICK_MS);
  setInterval(sync, SYNC_MS);
}

start();
