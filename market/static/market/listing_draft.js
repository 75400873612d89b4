/* The listing form outlives a reload and a lost connection. What is typed is kept on the phone at every change; sending
   goes by fetch, waits for the network when there is none and repeats with the same key, so that it arrives once. */
(function () {
  "use strict";

  var KEPT_DAYS = 7;
  var RETRY_SECONDS = 15;
  var NOT_KEPT = { csrfmiddlewaretoken: true, photo: true, drop_photo: true, photos: true };

  function draftOf(form) {
    var name = "listing-draft:" + form.getAttribute("data-draft-name");
    var base = form.getAttribute("data-draft-base");
    return {
      /* An edit begun on an older text would undo what the bureau corrected since. */
      read: function () {
        try {
          var draft = JSON.parse(localStorage.getItem(name));
          var isFresh = draft && Date.now() - draft.at < KEPT_DAYS * 86400000 && draft.base === base;
          return isFresh ? draft : null;
        } catch (error) { return null; }
      },
      write: function (content) {
        content.at = Date.now();
        content.base = base;
        try { localStorage.setItem(name, JSON.stringify(content)); } catch (error) { /* full or forbidden */ }
      },
      clear: function () {
        try { localStorage.removeItem(name); } catch (error) { /* forbidden */ }
      }
    };
  }

  function fields(form) {
    return Array.prototype.filter.call(form.elements, function (element) {
      return element.name && !NOT_KEPT[element.name];
    });
  }

  function typed(form) {
    var values = {};
    fields(form).forEach(function (element) {
      if (element.type === "radio") {
        if (element.checked) { values[element.name] = element.value; }
      } else {
        values[element.name] = element.type === "checkbox" ? element.checked : element.value;
      }
    });
    return values;
  }

  function fill(form, values) {
    fields(form).forEach(function (element) {
      if (!(element.name in values)) { return; }
      if (element.type === "radio") {
        element.checked = values[element.name] === element.value;
      } else if (element.type === "checkbox") {
        element.checked = Boolean(values[element.name]);
      } else {
        element.value = values[element.name];
      }
    });
    /* The select of villages follows the township, so its options must come first. */
    form.querySelector("[data-place]").dispatchEvent(new CustomEvent("place:restore", { detail: values.village }));
    ["id_produce", "id_quantity"].forEach(function (id) {
      document.getElementById(id).dispatchEvent(new Event("change"));
    });
  }

  function keep(form) {
    var draft = draftOf(form);
    var waitingNotice = document.getElementById("draft-waiting");
    var restored = document.getElementById("draft-restored");
    var button = form.querySelector("[data-send]");
    var face = button.innerHTML;
    var state = { sending: false, wants: false, done: false };

    function save() {
      if (state.done) { return; }
      draft.write({ values: typed(form), photos: form.photoTray ? form.photoTray.kept() : [], wants: state.wants });
    }

    function busy(isBusy) {
      state.sending = isBusy;
      button.disabled = isBusy;
      if (isBusy) {
        button.setAttribute("aria-busy", "true");
        button.textContent = document.body.getAttribute("data-busy-text");
      } else {
        button.removeAttribute("aria-busy");
        button.innerHTML = face;
      }
    }

    function wait() {
      busy(false);
      state.wants = true;
      waitingNotice.hidden = false;
      save();
    }

    function arrived(url) {
      state.done = true;
      draft.clear();
      if (form.photoTray) { form.photoTray.clear(); }
      window.location.assign(url);
    }

    /* The server's page with the errors takes the place of this one; everything typed is in it. */
    function refused(html) {
      var page = new DOMParser().parseFromString(html, "text/html");
      var main = page.getElementById("main");
      state.done = true;
      if (!main || !main.querySelector("[data-listing-form]")) { window.location.reload(); return; }
      document.getElementById("main").replaceWith(main);
      document.dispatchEvent(new CustomEvent("listing:new-form"));
      var errors = main.querySelector(".form-errors") || main;
      errors.setAttribute("tabindex", "-1");
      errors.focus();
      errors.scrollIntoView();
    }

    function post() {
      return fetch(form.action, {
        method: "POST", body: new FormData(form), credentials: "same-origin", headers: { "X-Requested-With": "fetch" }
      }).then(function (answer) {
        if (answer.status >= 500) { throw new Error(String(answer.status)); }
        if (answer.redirected) { arrived(answer.url); return null; } /* logged out meanwhile */
        if ((answer.headers.get("Content-Type") || "").indexOf("json") >= 0) {
          return answer.json().then(function (told) { arrived(told.url); });
        }
        return answer.text().then(refused);
      });
    }

    function send() {
      if (state.sending || state.done) { return; }
      if (navigator.onLine === false) { wait(); return; }
      busy(true);
      var uploads = form.photoTray ? form.photoTray.upload() : Promise.resolve();
      uploads.then(function () {
        if (form.photoTray && form.photoTray.waiting()) { throw new Error("photographs wait"); }
        return post();
      }).then(function () {
        if (!state.done) { return; }
        state.wants = false;
        waitingNotice.hidden = true;
      }).catch(wait);
    }

    function retry() {
      if (state.wants && !state.done && document.contains(form)) { send(); }
    }

    form.addEventListener("submit", function (event) {
      event.preventDefault();
      state.wants = true;
      save();
      send();
    });
    form.addEventListener("input", save);
    form.addEventListener("change", save);
    form.addEventListener("photos:changed", save);
    window.addEventListener("online", retry);
    setInterval(retry, RETRY_SECONDS * 1000);
    document.querySelector("[data-clear-draft]").addEventListener("click", function () {
      state.done = true;
      draft.clear();
      if (form.photoTray) { form.photoTray.clear(); }
      window.location.reload();
    });

    if (form.hasAttribute("data-bound")) { save(); return; }
    var earlier = draft.read();
    if (!earlier) { return; }
    fill(form, earlier.values);
    if (form.photoTray) { form.photoTray.restore(earlier.photos || []); }
    restored.hidden = false;
    if (earlier.wants) { state.wants = true; retry(); }
  }

  function start() {
    var form = document.querySelector("[data-listing-form]");
    if (form && window.fetch && window.Promise && window.FormData) { keep(form); }
  }

  document.addEventListener("listing:new-form", start);
  start();
})();
