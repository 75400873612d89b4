/* The listing form, quicker: produce by search and big buttons, the weight read back while typing, villages of the
   chosen township, the usual pack of the produce. Without this script the plain lists do the same. */
(function () {
  "use strict";

  function later(wait, work) {
    var timer;
    return function () {
      clearTimeout(timer);
      timer = setTimeout(work, wait);
    };
  }

  function get(url, parameters) {
    var query = Object.keys(parameters).map(function (name) {
      return name + "=" + encodeURIComponent(parameters[name]);
    }).join("&");
    return fetch(url + "?" + query, { credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer;
    });
  }

  function tell(element, name) {
    element.dispatchEvent(new Event(name, { bubbles: true }));
  }

  /* --- what is sold ------------------------------------------------------------------------------------------- */
  function producePicker(box) {
    var list = box.querySelector("[data-list]");
    var select = list.querySelector("select");
    var search = box.querySelector("[data-search]");
    var input = search.querySelector("input");
    var results = search.querySelector("#produce_results");
    var chosen = box.querySelector("[data-chosen]");

    function show() {
      var option = select.options[select.selectedIndex];
      var isChosen = Boolean(select.value);
      chosen.hidden = !isChosen;
      search.hidden = isChosen;
      list.hidden = true;
      box.querySelector("[data-chosen-name]").textContent = isChosen ? option.text.replace(/ ?[（(][^（()）]*[)）]$/, "") : "";
    }

    var asked = 0;
    function look() {
      var turn = ++asked;
      get(box.getAttribute("data-url"), { q: input.value }).then(function (answer) {
        return answer.text();
      }).then(function (html) {
        if (turn === asked) { results.innerHTML = html; }
      }).catch(plainList);
    }

    /* No answer from the server: the list is on the page already. */
    function plainList() {
      list.hidden = false;
    }

    results.addEventListener("click", function (event) {
      var button = event.target.closest("[data-pick]");
      if (!button) { return; }
      select.value = button.getAttribute("data-pick");
      usualPack(button.getAttribute("data-pack-word"), button.getAttribute("data-pack-weight"));
      show();
      tell(select, "change");
      document.getElementById("id_quantity").focus();
    });
    input.addEventListener("input", later(200, look));
    input.addEventListener("keydown", function (event) {
      if (event.key !== "Enter") { return; }
      event.preventDefault();
      var first = results.querySelector("[data-pick]");
      if (first) { first.click(); }
    });
    box.querySelector("[data-change]").addEventListener("click", function () {
      chosen.hidden = true;
      search.hidden = false;
      input.value = "";
      look();
      input.focus();
    });
    box.querySelector("[data-plain-list]").addEventListener("click", plainList);
    select.addEventListener("change", show);
    box.querySelector("label").setAttribute("for", "produce_search");
    show();
    if (!select.value) { look(); }
  }

  /* Only into empty fields: what the person wrote is theirs. */
  function usualPack(word, weight) {
    var words = document.getElementById("id_pack_word");
    var weights = document.getElementById("id_pack_weight");
    var isOurs = !weights.value || weights.getAttribute("data-usual") === weights.value;
    if (!isOurs) { return; }
    words.value = word || "";
    weights.value = word ? weight : "";
    weights.setAttribute("data-usual", weights.value);
    tell(words, "change");
  }

  /* --- the weight read back ----------------------------------------------------------------------------------- */
  function reading(line) {
    var input = document.getElementById(line.getAttribute("data-reading"));
    var words = document.getElementById("id_pack_word");
    var weights = document.getElementById("id_pack_weight");
    var asked = 0;

    function say() {
      var turn = ++asked;
      var facts = { text: input.value, pack_word: words.value, pack_weight: weights.value };
      get(line.getAttribute("data-url"), facts).then(function (answer) {
        return answer.json();
      }).then(function (heard) {
        if (turn !== asked) { return; }
        line.textContent = heard.error || heard.reading;
        line.classList.toggle("is-wrong", Boolean(heard.error));
      }).catch(function () { line.textContent = ""; });
    }

    var soon = later(250, say);
    [input, words, weights].forEach(function (element) {
      element.addEventListener("input", soon);
      element.addEventListener("change", soon);
    });
    if (input.value && !input.closest(".has-error")) { say(); }
  }

  /* --- where it grows ----------------------------------------------------------------------------------------- */
  function placePicker(box) {
    var township = box.querySelector("#id_township");
    var village = box.querySelector("#id_village");
    var words = document.querySelector("[data-place-words]");

    function say() {
      var parts = [township, village].filter(function (select) { return select.value; });
      words.textContent = parts.map(function (select) {
        return select.options[select.selectedIndex].text;
      }).join("") || "—";
    }

    /* `wanted` is the village of a restored draft. */
    function villages(wanted) {
      return get(box.getAttribute("data-url"), { township: township.value }).then(function (answer) {
        return answer.text();
      }).then(function (html) {
        village.innerHTML = html;
        village.value = wanted || "";
        say();
      }).catch(say);
    }

    township.addEventListener("change", function () { villages(""); });
    village.addEventListener("change", say);
    box.addEventListener("place:restore", function (event) { villages(event.detail); });
  }

  /* --- who sells ---------------------------------------------------------------------------------------------- */
  /* Place and contact follow the seller as long as the person has not written their own. */
  function sellerDefaults(form) {
    var data = document.getElementById("seller-defaults");
    var select = form.elements.seller;
    if (!data || !select) { return; }
    var defaults = JSON.parse(data.textContent);
    var before = defaults[select.value];
    select.addEventListener("change", function () {
      var now = defaults[select.value];
      ["contact_name", "contact_phone"].forEach(function (name) {
        if (before && form.elements[name].value === before[name]) { form.elements[name].value = now[name]; }
      });
      if (before && form.elements.township.value === before.township) {
        form.elements.township.value = now.township;
        form.querySelector("[data-place]").dispatchEvent(new CustomEvent("place:restore", { detail: now.village }));
      }
      before = now;
    });
  }

  function start() {
    var form = document.querySelector("[data-listing-form]");
    if (!form || !window.fetch) { return; }
    producePicker(form.querySelector("[data-produce]"));
    reading(form.querySelector("[data-reading]"));
    placePicker(form.querySelector("[data-place]"));
    sellerDefaults(form);
  }

  document.addEventListener("listing:new-form", start);
  start();
})();
