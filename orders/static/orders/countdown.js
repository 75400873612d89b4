/* Counts down what a hold has left, once a second, in figures that do not jump; a screen reader hears ten, five and one
   minute and the end only. At the end the page says what to do instead. Without this the page says the clock. */
(function () {
  "use strict";

  var SAID = [600, 300, 60];

  function words(clock, seconds) {
    var minutes = Math.floor(seconds / 60), rest = seconds % 60;
    var parts = minutes ? [clock.getAttribute("data-minutes").replace("#", minutes)] : [];
    if (minutes < 10) { parts.push(clock.getAttribute("data-seconds").replace("#", (rest < 10 && minutes ? "0" : "") + rest)); }
    return parts.join(" ");
  }

  function end(clock) {
    clock.className = "clock is-past";
    clock.querySelector("[data-count]").textContent = "";
    clock.querySelector("span").textContent = clock.getAttribute("data-over");
    clock.querySelector("[data-said]").textContent = clock.getAttribute("data-over");
    var hold = clock.closest("[data-hold]");
    if (!hold) { return; }
    hold.querySelector("[data-over-words]").hidden = false;
    if (hold.querySelector("[data-running]")) { hold.querySelector("[data-running]").hidden = true; }
  }

  function follow(clock) {
    var until = Date.parse(clock.getAttribute("data-until"));
    var ahead = Date.now() - Date.parse(clock.getAttribute("data-now")); /* a telephone may be wrong */
    var last = Infinity;
    function tick() {
      var left = Math.ceil((until + ahead - Date.now()) / 1000);
      if (left <= 0) { clearInterval(timer); end(clock); return; }
      clock.querySelector("[data-count]").textContent = clock.getAttribute("data-left").replace("#", words(clock, left));
      SAID.forEach(function (mark) {
        if (last > mark && left <= mark && last !== Infinity) {
          clock.querySelector("[data-said]").textContent = clock.getAttribute("data-soon").replace("#", words(clock, left));
        }
      });
      last = left;
    }
    var timer = setInterval(tick, 1000);
    tick();
  }

  if (!Date.now) { return; }
  Array.prototype.forEach.call(document.querySelectorAll("[data-until]"), follow);
})();
