/* The driver's page with a script: what is pressed shows at once, is kept on the phone and sent when there is a network. */
(function (Drive) {
  "use strict";

  var root = document.getElementById("drive");
  if (!root || !window.indexedDB || !window.fetch || !window.Promise) { return; } /* the plain forms go on working */

  var facts, words, notice = "", renewedAt = Date.now();

  function read() {
    facts = JSON.parse(document.getElementById("drive-facts").textContent);
    words = JSON.parse(document.getElementById("drive-words").textContent);
  }

  function each(within, selector, act) { Array.prototype.forEach.call(within.querySelectorAll(selector), act); }
  function show(within, selector, wanted) { each(within, selector, function (one) { one.hidden = !wanted; }); }
  function write(within, selector, text) { each(within, selector, function (one) { one.textContent = text; }); }

  /* --- the page after everything that was pressed ------------------------------------------------------------ */
  function showLoad(section, load, id) {
    each(section, '[data-load="' + id + '"]', function (box) {
      box.hidden = !load;
      if (!load) { return; }
      show(box, "[data-planned]", load.state === "planned");
      show(box, "[data-loaded]", load.state !== "planned");
      if (load.loaded_g !== null) { write(box, "[data-loaded-words]", Drive.log.weight(load.loaded_g, words)); }
    });
    show(section, '[data-line="' + id + '"]', Boolean(load));
    if (load && load.loaded_g !== null) { write(section, '[data-grams="' + id + '"]', Drive.log.weight(load.loaded_g, words)); }
  }

  function showStop(trip, stop, before) {
    var section = document.getElementById("stop-" + stop.id);
    if (!section) { return; }
    var phase = Drive.trip.phase(trip, stop), over = Drive.trip.aboard(trip) > trip.rated_g;
    section.hidden = !stop.departed && !trip.loads.some(function (load) { return load.pickup === stop.id || load.delivery === stop.id; });
    section.className = "drive-stop is-" + phase;
    each(section, "[data-when]", function (one) { one.hidden = one.getAttribute("data-when").split(" ").indexOf(phase) < 0; });
    write(section, "[data-times]", stop.departed ? Drive.log.say(words.left_at, { at: Drive.log.clock(stop.departed) })
      : stop.arrived ? Drive.log.say(words.arrived_at, { at: Drive.log.clock(stop.arrived) }) : "");
    before.loads.forEach(function (load) {
      if (load.pickup === stop.id || load.delivery === stop.id) { showLoad(section, Drive.trip.find(trip.loads, load.id), load.id); }
    });
    show(section, "[data-works]", !trip.broken);
    show(section, "[data-broken]", trip.broken && (phase === "next" || phase === "here"));
    show(section, "[data-hands]", !stop.handed);
    show(section, "[data-handed]", stop.handed);
    var settled = Drive.trip.settled(trip, stop), bare = Drive.trip.wantsSeal(trip, stop);
    show(section, "[data-settled]", settled && !bare && !(over && stop.kind === "pickup"));
    show(section, "[data-bare]", settled && bare);
    show(section, "[data-unsettled]", !settled);
    write(section, "[data-photos]", stop.photos || "");
    write(section, "[data-seals]", trip.seals.join("、"));
    show(section, "[data-sealed]", trip.seals.length > 0);
  }

  /* The way to the stop that counts now, past those that are done. */
  function showNow(trip, section) {
    var now = trip.stops.filter(function (stop) { return /next|here/.test(Drive.trip.phase(trip, stop)); })[0];
    var halt = now && document.getElementById("stop-" + now.id);
    each(section, "[data-now]", function (link) {
      link.hidden = !halt;
      if (!halt) { return; }
      link.setAttribute("href", "#stop-" + now.id);
      write(link, "span", halt.getAttribute("data-title"));
    });
  }

  function showAboard(trip, section) {
    var aboard = Drive.trip.aboard(trip), over = aboard - trip.rated_g;
    write(section, "[data-aboard-words]", Drive.log.say(words.of_rated, {
      aboard: Drive.log.weight(aboard, words), rated: Drive.log.weight(trip.rated_g, words)
    }));
    each(section, "[data-aboard] rect", function (rect) {
      rect.setAttribute("width", Math.min(100, aboard * 100 / trip.rated_g).toFixed(1) + "%");
      rect.parentNode.setAttribute("class", over > 0 ? "bar is-stop" : "bar");
    });
    show(section, "[data-over]", over > 0);
    write(section, "[data-over] [data-said]", over > 0 ? Drive.log.say(words.over, { over: Drive.log.weight(over, words) }) : "");
    show(section, "[data-expired]", Boolean(trip.expires) && new Date(trip.expires).getTime() < Date.now());
    write(section, "[data-expired] [data-said]", words.expired);
  }

  function draw() {
    return Drive.store.all(facts.user).then(function (actions) {
      Drive.trip.play(facts, actions).forEach(function (trip) {
        var section = root.querySelector('[data-trip="' + trip.id + '"]');
        var before = Drive.trip.find(facts.trips, trip.id);
        trip.stops.forEach(function (stop) { showStop(trip, stop, before); });
        if (section) { showAboard(trip, section); showNow(trip, section); }
      });
      Drive.log.show(actions, words, { drop: drop, busy: sender.isBusy() && navigator.onLine !== false });
      Drive.log.bar(actions, words, notice, navigator.onLine !== false);
      document.documentElement.setAttribute("data-drive", "ready");
    });
  }

  /* --- keeping what is pressed ---------------------------------------------------------------------------------- */
  function newKey() {
    if (window.crypto && crypto.randomUUID) { return crypto.randomUUID(); }
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6] & 15 | 64;
    bytes[8] = bytes[8] & 63 | 128;
    var hex = Array.prototype.map.call(bytes, function (one) { return ("0" + one.toString(16)).slice(-2); }).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  /* In the place of one that was not carried out, or never sent, on the same thing; otherwise at the end. */
  function keep(action) {
    return Drive.store.all(facts.user).then(function (actions) {
      var name = Drive.trip.target(action), why = Drive.trip.hindrances(actions);
      var old = actions.filter(function (other, n) {
        return Drive.trip.target(other) === name && (other.state === "refused" || (other.state === "waiting" && (!other.tries || why[n])));
      })[0];
      var last = actions.length ? actions[actions.length - 1].order : 0;
      action.order = old ? old.order : Math.max(Date.now(), last + 1);
      return old ? Drive.store.replace(old.key, action) : Drive.store.put(action);
    }).then(function () {
      if (navigator.storage && navigator.storage.persist) { navigator.storage.persist().catch(function () {}); }
      return draw();
    }).then(function () { sender.hurry(); });
  }

  function drop(action) {
    return Drive.store.drop(action.key).then(draw).then(function () { return sender.hurry(); });
  }

  function tripOf(stopId) {
    return facts.trips.filter(function (trip) { return Drive.trip.find(trip.stops, stopId); })[0] || null;
  }

  Drive.app = {
    root: root,
    words: function () { return words; },
    facts: function () { return facts; },
    tripOf: tripOf,
    newKey: newKey,
    keep: keep
  };

  /* --- a fresher page --------------------------------------------------------------------------------------------- */
  function isTyping() {
    var dirty = false;
    each(root, "input:not([type=hidden])", function (one) {
      if (one.type !== "radio" && one.value && one.offsetParent) { dirty = true; }
    });
    return dirty;
  }

  function renew() {
    if (navigator.onLine === false) { return Promise.resolve(); }
    return fetch(location.pathname, { credentials: "same-origin", redirect: "manual" }).then(function (response) {
      if (response.type === "opaqueredirect") { notice = "again"; return draw(); }
      return response.ok ? response.text().then(swap) : null;
    }).catch(function () {});
  }

  function swap(text) {
    var fresh = new DOMParser().parseFromString(text, "text/html").getElementById("drive");
    if (!fresh || isTyping()) { return draw(); }
    var open = [];
    each(root, "details[open]", function (one) { open.push(one.id); });
    root.innerHTML = fresh.innerHTML;
    open.forEach(function (id) { var one = document.getElementById(id); if (one) { one.open = true; } });
    renewedAt = Date.now();
    read();
    return draw();
  }

  read();
  var sender = new Drive.Sender({
    get user() { return facts.user; },
    url: root.getAttribute("data-sync"),
    changed: function () { return draw(); },
    notice: function (word) { notice = word; },
    renew: renew
  });

  Drive.store.ready().then(function () {
    document.addEventListener("submit", Drive.press);
    return Drive.store.all(facts.user).then(Drive.store.tidy).then(draw).then(function () { return sender.flush(); });
  }).catch(function () { notice = "not_kept"; Drive.log.bar([], words, notice, true); });

  document.querySelector("[data-send]").addEventListener("click", function () { sender.everything(); });
  window.addEventListener("online", function () { draw(); sender.hurry(); });
  window.addEventListener("offline", function () { draw(); });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState !== "visible") { return; }
    sender.hurry().then(function () { if (Date.now() - renewedAt > 60000) { renew(); } });
  });
  setInterval(function () { draw(); }, 30000); /* a pass runs out while the page is open */

  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(root.getAttribute("data-worker")).catch(function () {});
  }
})(window.Drive);
