/* What every page gains from a script. Without it everything still works: forms post, links lead, refusals show. */
(function () {
  "use strict";

  var body = document.body;
  var busyText = body.getAttribute("data-busy-text") || "…";

  function cookie(name) {
    var found = document.cookie.match(new RegExp("(?:^|; )" + name + "=([^;]*)"));
    return found ? decodeURIComponent(found[1]) : "";
  }

  function csrfToken() {
    var meta = document.querySelector('meta[name="csrf-token"]');
    return (meta && meta.content) || cookie("csrftoken");
  }

  /* --- htmx: the token, and fresh pieces after a refusal ----------------------------------------------------- */
  document.addEventListener("htmx:config:request", function (event) {
    var request = event.detail.ctx.request;
    if (!/^(GET|HEAD|OPTIONS)$/i.test(request.method)) {
      request.headers["X-CSRFToken"] = csrfToken();
    }
  });
  document.addEventListener("htmx:finally:request", function (event) {
    var source = event.detail.ctx && event.detail.ctx.sourceElement;
    var form = source && source.closest && source.closest("form");
    if (form) { release(form); }
  });

  /* --- one submit is one submit -------------------------------------------------------------------------------- */
  function buttonsOf(form) {
    return Array.prototype.filter.call(form.elements, function (element) {
      return element.tagName === "BUTTON" && element.type === "submit";
    });
  }

  function hold(form, pressed) {
    form.setAttribute("data-sent", "");
    buttonsOf(form).forEach(function (button) {
      button.setAttribute("data-words", button.innerHTML);
      button.disabled = true;
      if (button === pressed || (!pressed && button === buttonsOf(form)[0])) {
        button.setAttribute("aria-busy", "true");
        button.textContent = busyText;
      }
    });
  }

  function release(form) {
    form.removeAttribute("data-sent");
    buttonsOf(form).forEach(function (button) {
      if (!button.hasAttribute("data-words")) { return; }
      button.innerHTML = button.getAttribute("data-words");
      button.removeAttribute("data-words");
      button.removeAttribute("aria-busy");
      button.disabled = false;
    });
  }

  /* --- a question before what cannot be undone -------------------------------------------------------------- */
  var dialog = document.getElementById("confirm-dialog");

  function closeDialog() {
    if (dialog.close) { dialog.close(); } else { dialog.removeAttribute("open"); }
  }

  /* 确定 may open under the finger that pressed the button: a second tap at once must not answer for the reader. */
  var UNREAD_MS = 500;

  function ask(text, grave, agreed) {
    var yes = dialog.querySelector("[data-yes]");
    yes.className = grave ? "danger sure" : "";
    yes.disabled = true;
    setTimeout(function () { yes.disabled = false; }, UNREAD_MS);
    dialog.querySelector("[data-text]").textContent = text;
    yes.onclick = function () { closeDialog(); agreed(); };
    dialog.querySelector("[data-no]").onclick = closeDialog;
    if (dialog.showModal) { dialog.showModal(); } else { dialog.setAttribute("open", ""); }
    dialog.querySelector("[data-no]").focus();
  }

  function send(form, pressed) {
    form.setAttribute("data-agreed", "");
    if (form.requestSubmit) { form.requestSubmit(pressed || undefined); return; }
    var button = pressed || buttonsOf(form)[0];
    if (button) { button.click(); } else { form.submit(); }
  }

  var lastPressed = null;
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("button");
    if (button && button.type === "submit") { lastPressed = button; }
  }, true);

  /* Capturing, so that it comes before htmx. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var pressed = event.submitter || (lastPressed && lastPressed.form === form ? lastPressed : null);
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    var question = (pressed && pressed.getAttribute("data-confirm")) || form.getAttribute("data-confirm");
    if (question && dialog && !form.hasAttribute("data-agreed")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(question, Boolean(pressed && pressed.classList.contains("danger")), function () { send(form, pressed); });
      return;
    }
    form.removeAttribute("data-agreed");
    if ((form.getAttribute("method") || "get").toLowerCase() !== "post" && !form.hasAttribute("hx-post")) { return; }
    if (form.hasAttribute("data-no-guard")) { return; }
    /* After this event, so that the name and value of the pressed button are still sent. */
    setTimeout(function () { if (!event.defaultPrevented || form.hasAttribute("hx-post")) { hold(form, pressed); } }, 0);
  }, true);

  /* Back button: the page comes from memory with its buttons still held. */
  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.querySelectorAll("form[data-sent]"), release);
  });

  /* --- the network ------------------------------------------------------------------------------------------- */
  var offline = document.getElementById("offline");
  function showNetwork() {
    if (!offline) { return; }
    var keeps = Boolean(document.querySelector("form[data-draft]"));
    offline.querySelector("[data-kept]").hidden = !keeps;
    offline.querySelector("[data-plain]").hidden = keeps;
    offline.hidden = navigator.onLine !== false;
  }
  window.addEventListener("online", showNetwork);
  window.addEventListener("offline", showNetwork);
  showNetwork();

  /* --- a copied address must not carry this person's language or type size to somebody else ------------------- */
  if (/[?&](lang|type)=/.test(location.search) && history.replaceState && window.URLSearchParams) {
    var query = new URLSearchParams(location.search);
    query.delete("lang");
    query.delete("type");
    history.replaceState(history.state, "", location.pathname + (String(query) ? "?" + query : "") + location.hash);
  }

  /* --- number keys: <button type="button" data-fill="id_quantity" data-value="100"> --------------------------- */
  document.addEventListener("click", function (event) {
    var key = event.target.closest && event.target.closest("[data-fill]");
    if (!key) { return; }
    var target = document.getElementById(key.getAttribute("data-fill"));
    if (!target) { return; }
    target.value = key.getAttribute("data-value");
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.dispatchEvent(new Event("change", { bubbles: true }));
    target.focus();
  });
})();
