/* Putting goods on trips: by dragging, or by keyboard and touch through a list. The server answers before the drop whether they fit,
   and the drop is an ordinary form, refused or done by the same rules. */
(function () {
  "use strict";
  var board = document.querySelector("[data-board]");
  var dialog = document.getElementById("board-dialog");
  if (!board || !dialog || !dialog.showModal) { return; }
  var form = dialog.querySelector("[data-place]");
  var list = form.elements.target;
  var drop = form.querySelector("[data-drop]");
  var close = form.querySelector("[data-close]");
  var said = form.querySelector(".board-answer");
  var answers = new Map();
  var dragged = null, chosen = null, asked = "";

  /* The address of the goods: a drop is posted there, and asked about below it. */
  function addressOf(goods) { return goods.getAttribute("href"); }

  /* One question for each pair; the page is fresh after every drop. */
  function ask(goods, target) {
    var address = addressOf(goods) + "check/" + target + "/";
    if (!answers.has(address)) {
      answers.set(address, fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } }).then(function (reply) {
        if (!reply.ok) { throw new Error(String(reply.status)); }
        return reply.json();
      }).catch(function () {
        answers.delete(address);
        return { fits: false, sentence: said.getAttribute("data-failed") };
      }));
    }
    return answers.get(address);
  }

  function show(place, answer) {
    place.classList.toggle("fits", answer !== null && answer.fits);
    place.classList.toggle("fits-not", answer !== null && !answer.fits);
    place.textContent = answer === null ? said.getAttribute("data-asking") : answer.sentence;
  }

  function send(goods, target) {
    form.action = addressOf(goods);
    drop.disabled = false;
    list.value = target;
    form.requestSubmit(drop);
  }

  /* --- dragging -------------------------------------------------------------------------------------------------- */
  function targetOf(event) { return event.target.closest && event.target.closest("[data-target]"); }
  function placeOf(target) { return target.querySelector(".board-answer"); }
  function isHome(target) { return dragged && target.getAttribute("data-target") === dragged.getAttribute("data-from"); }

  function leave() {
    Array.prototype.forEach.call(board.querySelectorAll(".is-over"), function (target) { target.classList.remove("is-over"); });
  }

  function hover(target) {
    if (target.classList.contains("is-over")) { return; }
    leave();
    target.classList.add("is-over");
    var place = placeOf(target);
    show(place, null);
    ask(dragged, target.getAttribute("data-target")).then(function (answer) { show(place, answer); });
  }

  board.addEventListener("dragstart", function (event) {
    var goods = event.target.closest && event.target.closest("[data-goods]");
    if (!goods) { return; }
    dragged = goods;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", goods.textContent.trim());
    board.classList.add("is-dragging");
  });
  board.addEventListener("dragover", function (event) {
    var target = targetOf(event);
    if (!dragged || !target || isHome(target)) { leave(); return; }
    event.preventDefault();
    hover(target);
  });
  board.addEventListener("drop", function (event) {
    var target = targetOf(event);
    if (!dragged || !target || isHome(target)) { return; }
    event.preventDefault();
    var goods = dragged, to = target.getAttribute("data-target"), place = placeOf(target);
    ask(goods, to).then(function (answer) {
      show(place, answer);
      if (answer.fits) { send(goods, to); }
    });
  });
  board.addEventListener("dragend", function () {
    dragged = null;
    leave();
    board.classList.remove("is-dragging");
  });

  /* --- the list: key M or Enter on goods, a click or a tap -------------------------------------------------------- */
  function open(goods) {
    var home = goods.getAttribute("data-from");
    chosen = goods;
    form.action = addressOf(goods);
    dialog.querySelector("[data-goods-name]").textContent = goods.querySelector("b").textContent;
    Array.prototype.forEach.call(list.options, function (option) { option.disabled = option.value === home; });
    list.selectedIndex = -1;
    drop.disabled = true;
    said.textContent = said.getAttribute("data-choose");
    said.classList.remove("fits", "fits-not");
    dialog.showModal();
    list.focus();
  }

  function choose() {
    var target = list.value;
    if (!target) { return; }
    asked = target;
    drop.disabled = true;
    show(said, null);
    ask(chosen, target).then(function (answer) {
      if (asked !== target) { return; }
      show(said, answer);
      drop.disabled = !answer.fits;
    });
  }

  board.addEventListener("click", function (event) {
    var goods = event.target.closest("[data-goods]");
    if (!goods || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    open(goods);
  });
  board.addEventListener("keydown", function (event) {
    var goods = event.target.closest("[data-goods]");
    if (!goods || event.ctrlKey || event.metaKey || event.altKey || event.key.toLowerCase() !== "m") { return; }
    event.preventDefault();
    open(goods);
  });
  list.addEventListener("change", choose);
  list.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !drop.disabled) { event.preventDefault(); form.requestSubmit(drop); }
  });
  close.hidden = false;
  close.addEventListener("click", function () { dialog.close(); });

  /* --- after a drop: the goods that moved have the focus, so that the next key goes on from there ---------------- */
  if (/^#(load|waiting|trip)-\d+$/.test(location.hash)) {
    var moved = document.querySelector(location.hash);
    if (moved && moved.focus) { moved.classList.add("is-new"); moved.focus(); }
  }
})();
