/* Sending what is kept, in order, when there is a network. What was answered is marked; everything else stays and is tried again. */
(function (Drive) {
  "use strict";

  var PAUSES = [2, 5, 15, 60, 300]; /* seconds between tries without an answer */
  var TOGETHER = 20;
  var MOST_FAULTS = 3; /* so often the server may fail at one action before it is set aside */
  var REST_MS = 300000; /* until what is aside is tried again */
  var PATIENCE_MS = { few: 20000, photo: 90000 };

  function cookie(name) {
    var found = document.cookie.match(new RegExp("(?:^|; )" + name + "=([^;]*)"));
    return found ? decodeURIComponent(found[1]) : "";
  }

  /* Photographs come last, one at a time: they must not keep the rest waiting on a bad line. */
  function nextBatch(actions, one) {
    var why = Drive.trip.hindrances(actions);
    var open = actions.filter(function (action, n) { return action.state === "waiting" && !why[n]; });
    var plain = open.filter(function (action) { return !action.photo; });
    if (plain.length) { return plain.slice(0, one ? 1 : TOGETHER); }
    if (open.length) { return open.slice(0, 1); }
    return actions.filter(function (action, n) { return why[n] === "aside" && action.rest_until <= Date.now(); }).slice(0, 1);
  }

  function bodyOf(batch, user) {
    var text = JSON.stringify({
      user: user,
      sent_at: new Date().toISOString(),
      reports: batch.map(function (action) {
        return { key: action.key, verb: action.verb, facts: action.facts, made_at: action.made_at };
      })
    });
    if (!batch[0].photo) { return text; }
    var form = new FormData();
    form.append("reports", text);
    form.append(batch[0].key, batch[0].photo, "photo.jpg");
    return form;
  }

  function post(url, batch, user) {
    var headers = { "X-CSRFToken": cookie("csrftoken"), "Accept": "application/json" };
    if (!batch[0].photo) { headers["Content-Type"] = "application/json"; }
    var options = { method: "POST", credentials: "same-origin", redirect: "manual", headers: headers, body: bodyOf(batch, user) };
    var stop = window.AbortController ? new AbortController() : null;
    if (stop) { options.signal = stop.signal; }
    var timer = setTimeout(function () { if (stop) { stop.abort(); } }, batch[0].photo ? PATIENCE_MS.photo : PATIENCE_MS.few);
    return fetch(url, options).then(function (response) {
      clearTimeout(timer);
      return response.json().catch(function () { return {}; }).then(function (said) {
        return { status: response.type === "opaqueredirect" ? 401 : response.status, said: said };
      });
    }, function (error) { clearTimeout(timer); throw error; });
  }

  /* `page` has user, url, changed(), notice(word), renew() → Promise. */
  Drive.Sender = function (page) {
    var busy = false, again = false, failures = 0, timer = null, oneByOne = false, renewed = false;

    function later() {
      var pause = PAUSES[Math.min(failures, PAUSES.length - 1)];
      failures += 1;
      clearTimeout(timer);
      timer = setTimeout(function () { flush(); }, pause * 1000);
    }

    /* The server itself failed at this one. After some tries it no longer keeps the others waiting. Resolves as `outcome`. */
    function failed(action) {
      action.faults = (action.faults || 0) + 1;
      action.aside = action.faults >= MOST_FAULTS;
      action.rest_until = Date.now() + REST_MS;
      if (!action.aside) { later(); }
      return Drive.store.put(action).then(function () { return action.aside; });
    }

    /* When nothing else is left: what is aside has its turn later. */
    function rest(actions) {
      var turns = actions.filter(function (action) { return action.state === "waiting" && action.aside; })
        .map(function (action) { return action.rest_until; });
      if (!turns.length) { return; }
      clearTimeout(timer);
      timer = setTimeout(function () { flush(); }, Math.max(1000, Math.min.apply(null, turns) - Date.now()));
    }

    function wake() {
      return Drive.store.all(page.user).then(function (actions) {
        return Promise.all(actions.filter(function (action) { return action.state === "waiting" && action.aside; })
          .map(function (action) { action.rest_until = 0; return Drive.store.put(action); }));
      });
    }

    function mark(action, state, sentence) {
      action.state = state;
      action.sentence = sentence || "";
      if (state !== "waiting") { action.photo = null; }
      return Drive.store.put(action);
    }

    function answered(batch, said) {
      var by = {};
      (said.answers || []).forEach(function (answer) { by[answer.key] = answer; });
      return Promise.all(batch.map(function (action) {
        var answer = by[action.key];
        if (!answer || answer.state === "waiting") { return false; }
        return mark(action, answer.state === "done" ? "sent" : "refused", answer.sentence).then(function () { return true; });
      })).then(function (marks) { return marks.some(Boolean); });
    }

    /* Resolves true when it makes sense to go on at once. */
    function outcome(batch, status, said) {
      page.notice("");
      if (status === 200) { failures = 0; return answered(batch, said); }
      if (status === 400 || status === 413) {
        var guilty = batch.filter(function (action) { return action.key === said.key; })[0] || (batch.length === 1 ? batch[0] : null);
        if (!guilty) { oneByOne = true; return true; }
        return mark(guilty, "refused", said.error || "").then(function () { return true; });
      }
      if (status === 401 || status === 409) { page.notice(status === 401 ? "again" : "other_person"); return false; }
      if (status === 500) {
        if (batch.length === 1) { return failed(batch[0]); }
        oneByOne = true;
        return true;
      }
      if (status === 404) { page.notice(said.error || ""); }
      if (status === 403 && !renewed) { renewed = true; return page.renew().then(function () { return true; }); }
      later();
      return false;
    }

    function round() {
      return Drive.store.all(page.user).then(function (actions) {
        var batch = nextBatch(actions, oneByOne);
        if (!batch.length) { oneByOne = false; rest(actions); return false; }
        return Promise.all(batch.map(function (action) { action.tries = (action.tries || 0) + 1; return Drive.store.put(action); }))
          .then(function () { return post(page.url, batch, page.user); })
          .then(function (got) { return outcome(batch, got.status, got.said); }, function () { later(); return false; })
          .then(function (go) { return page.changed().then(function () { return go ? round().then(function () { return true; }) : false; }); });
      });
    }

    function flush() {
      if (busy) { again = true; return Promise.resolve(); }
      busy = true;
      clearTimeout(timer);
      return round().then(function (sent) { return sent ? page.renew() : null; })
        .catch(function () { later(); })
        .then(function () { busy = false; if (again) { again = false; return flush(); } return null; });
    }

    this.flush = flush;
    this.hurry = function () { failures = 0; return flush(); };
    this.everything = function () { return wake().then(function () { failures = 0; return flush(); }); };
    this.isBusy = function () { return busy; };
  };
})(window.Drive);
