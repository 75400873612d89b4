/* From a form of the page to an action that can be kept: read, checked as far as a phone can, made small. */
(function (Drive) {
  "use strict";

  var PHOTO_SIDE = 1280;
  var WHERE_MS = 4000;

  function wrong(form, sentence) {
    var box = form.querySelector("[data-wrong]");
    if (!box) { return; }
    box.textContent = sentence;
    box.hidden = !sentence;
    var field = form.querySelector("input:not([type=hidden]):not([type=radio])");
    if (sentence && field) { field.focus(); }
  }

  function fieldsOf(form) {
    var facts = {};
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || field.type === "file" || (field.type === "radio" && !field.checked)) { return; }
      if (["csrfmiddlewaretoken", "key", "verb"].indexOf(field.name) < 0) { facts[field.name] = field.value.trim(); }
    });
    return facts;
  }

  function smaller(file) {
    return new Promise(function (resolve) {
      var url = URL.createObjectURL(file), image = new Image();
      function done(result) { URL.revokeObjectURL(url); resolve(result); }
      image.onerror = function () { done(file); }; /* a kind the browser cannot draw: the server may */
      image.onload = function () {
        var scale = Math.min(1, PHOTO_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
        var canvas = document.createElement("canvas");
        canvas.width = Math.round(image.naturalWidth * scale);
        canvas.height = Math.round(image.naturalHeight * scale);
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob(function (blob) { done(blob || file); }, "image/jpeg", 0.8);
      };
      image.src = url;
    });
  }

  function whereabouts(facts) {
    return new Promise(function (resolve) {
      if (!navigator.geolocation) { resolve(); return; }
      navigator.geolocation.getCurrentPosition(function (found) {
        facts.lat = found.coords.latitude;
        facts.lon = found.coords.longitude;
        resolve();
      }, function () { resolve(); }, { timeout: WHERE_MS, maximumAge: 300000 });
    });
  }

  /* What each kind of action needs beside its fields. Resolves to a sentence when it cannot be right. */
  var PREPARE = {
    loaded: function (action) {
      var words = Drive.app.words(), facts = action.facts;
      action.grams = Drive.trip.grams(facts.quantity, facts.unit || "斤");
      if (!action.grams) { return words.bad_number; }
      var load = Drive.trip.find(action.of.loads, Number(facts.load));
      if (load && action.grams > load.planned_g) {
        return Drive.log.say(words.more_than_planned, { planned: Drive.log.weight(load.planned_g, words) });
      }
      action.said = action.name + " " + Drive.log.weight(action.grams, words);
      return "";
    },
    taken: function (action) { return PREPARE.loaded(action); },
    not_loaded: function (action) { action.said = action.name; return ""; },
    seal: function (action) { action.said = action.facts.number; return ""; },
    handover: function (action, form) {
      var words = Drive.app.words(), code = action.facts.code;
      if (code === undefined) { return ""; }
      if (!/^[0-9]{6}$/.test(code)) { return words.code_or_why; }
      var stop = Drive.trip.find(action.of.stops, action.stop);
      form.querySelector("button").disabled = true;
      return Drive.check(stop && stop.check, code).then(function (right) {
        form.querySelector("button").disabled = false;
        return right ? "" : words.bad_code;
      });
    },
    photo: function (action, form) {
      return smaller(form.querySelector("input[type=file]").files[0]).then(function (blob) { action.photo = blob; return ""; });
    },
    problem: function (action) {
      action.said = action.facts.note;
      return whereabouts(action.facts).then(function () { return ""; });
    }
  };

  function begun(form) {
    var facts = fieldsOf(form), section = form.closest("[data-stop]"), box = form.closest("[data-load]");
    var stop = Number(section.getAttribute("data-stop")), of = Drive.app.tripOf(stop);
    return {
      key: Drive.app.newKey(), user: Drive.app.facts().user, verb: form.elements.verb.value, facts: facts,
      trip: of.id, stop: stop, of: of, name: box ? box.querySelector("b").textContent : "",
      made_at: new Date().toISOString(), state: "waiting", sentence: "", tries: 0, photo: null, said: ""
    };
  }

  /* Only now, when it is written down, does the form look done. */
  function kept(form) {
    form.reset();
    var details = form.closest("details");
    if (details) { details.open = false; }
  }

  Drive.press = function (event) {
    var form = event.target;
    if (event.defaultPrevented || !Drive.app.root.contains(form) || !form.elements.verb) { return; }
    event.preventDefault();
    if (form.hasAttribute("data-keeping")) { return; } /* a second tap is the same tap */
    form.setAttribute("data-keeping", "");
    var action = begun(form), prepare = PREPARE[action.verb];
    Promise.resolve(prepare ? prepare(action, form) : "").then(function (sentence) {
      wrong(form, sentence);
      if (sentence) { return null; }
      delete action.of;
      delete action.name;
      return Drive.app.keep(action).then(function () { kept(form); });
    }).catch(function () { form.submit(); }) /* the phone keeps nothing: sent at once, or the browser says why not */
      .then(function () { form.removeAttribute("data-keeping"); });
  };
})(window.Drive);
