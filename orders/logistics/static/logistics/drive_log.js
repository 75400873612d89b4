/* Saying plainly what became of each action: sent, kept until there is a network, not carried out and why. */
(function (Drive) {
  "use strict";

  var ICONS = { sent: "is-ok", waiting: "is-waiting", refused: "is-refused" };

  function say(text, facts) {
    return text.replace(/%\((\w+)\)s/g, function (all, name) { return name in facts ? String(facts[name]) : all; });
  }

  function number(value) {
    return value.toLocaleString("en-US", { maximumFractionDigits: 3 });
  }

  function weight(grams, words) {
    return say(words.weights, { jin: number(grams / 500), kg: number(grams / 1000) });
  }

  function clock(moment) {
    return new Date(moment).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
  }

  function what(action, words) {
    return say(words.verbs[action.verb] || action.verb, { what: action.said || "" });
  }

  function stateOf(action, why, words, busy) {
    if (action.state === "refused") { return say(words.refused, { sentence: action.sentence }); }
    if (action.state === "sent") { return words.sent; }
    if (why) { return words[why]; }
    return busy ? words.sending : words.waiting;
  }

  /* `on.drop(action)` when the driver does not want it any more: refused ones, and those never tried. */
  function row(action, why, words, on) {
    var item = document.getElementById("drive-row").content.firstElementChild.cloneNode(true);
    item.className = ICONS[action.state];
    item.querySelector("[data-what]").textContent = what(action, words);
    item.querySelector("[data-at]").textContent = clock(action.made_at);
    item.querySelector("[data-state]").textContent = stateOf(action, why, words, on.busy);
    var drop = item.querySelector("[data-drop]");
    drop.hidden = !(action.state === "refused" || why === "aside" || (action.state === "waiting" && !action.tries && on.last[action.trip] === action.key));
    drop.addEventListener("click", function () { on.drop(action); });
    return item;
  }

  function fill(list, rows) {
    list.textContent = "";
    rows.forEach(function (one) { list.appendChild(one); });
  }

  /* Under each stop its own; what belongs to no stop of the page in a list at the end. */
  function show(actions, words, on) {
    var why = Drive.trip.hindrances(actions), by = {}, rest = [];
    on.last = {};
    actions.forEach(function (action) { on.last[action.trip] = action.key; });
    actions.forEach(function (action, n) {
      var made = row(action, why[n], words, on);
      if (document.getElementById("stop-" + action.stop)) { (by[action.stop] = by[action.stop] || []).push(made); }
      else { rest.push(made); }
    });
    Array.prototype.forEach.call(document.querySelectorAll("[data-stop]"), function (section) {
      fill(section.querySelector("[data-log]"), by[section.getAttribute("data-stop")] || []);
    });
    var left = document.getElementById("drive-left");
    left.hidden = !rest.length;
    fill(left.querySelector("[data-log]"), rest);
  }

  /* One sentence for each kind there is; `notice` is a word of ours or a sentence of the server, and stands alone. */
  function summary(count, words, notice, online) {
    if (notice) { return words[notice] || notice; }
    var said = ["refused", "aside", "waiting"].filter(function (kind) { return count[kind]; })
      .map(function (kind) { return say(words["count_" + kind], { count: count[kind] }); });
    return said.join("；") || (!online ? words.no_network : count.sent ? words.all_sent : "");
  }

  function bar(actions, words, notice, online) {
    var box = document.getElementById("drive-bar");
    var count = { waiting: 0, refused: 0, sent: 0, aside: 0 };
    actions.forEach(function (action) { count[action.state === "waiting" && action.aside ? "aside" : action.state] += 1; });
    var text = summary(count, words, notice, online), open = count.waiting + count.aside;
    box.hidden = !text;
    box.className = "drive-bar " + (notice || count.refused ? "is-refused" : open || !online ? "is-waiting" : "is-ok");
    box.querySelector("[data-words]").textContent = text;
    box.querySelector("[data-send]").hidden = !(open && online);
    box.querySelector("[data-log-in]").hidden = notice !== "again";
  }

  Drive.log = { show: show, bar: bar, say: say, weight: weight, clock: clock };
})(window.Drive);
