/* Copies the text for a chat group. Without a script (or without the right to copy) the text stands there to be copied. */
(function () {
  "use strict";

  function select(text) {
    var range = document.createRange();
    range.selectNodeContents(text);
    var chosen = window.getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  }

  function copy(text, done) {
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text.innerText).then(done, function () { select(text); });
      return;
    }
    /* Pages opened by plain HTTP on a phone: the older way. */
    select(text);
    if (document.execCommand && document.execCommand("copy")) { done(); }
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-copy]"), function (button) {
    var text = document.getElementById(button.getAttribute("data-copy"));
    if (!text) { return; }
    button.hidden = false;
    button.addEventListener("click", function () {
      copy(text, function () { button.querySelector("span").textContent = button.getAttribute("data-copied"); });
    });
  });
})();
