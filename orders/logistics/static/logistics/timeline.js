/* A trip on the clock: drives, work, waiting, what came true, and the load aboard. Drawn from the data block "board-clock".
   The table under each trip says the same in words. */
(function () {
  "use strict";
  var block = document.getElementById("board-clock");
  if (!block) { return; }
  var clock = JSON.parse(block.textContent);
  var SVG = "http://www.w3.org/2000/svg";
  var TOP = 18, LANE = 16, AREA = 26, GAP = 6;
  var HEIGHT = TOP + LANE + GAP + AREA + 2;

  function add(parent, tag, attributes, className) {
    var node = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    if (className) { node.setAttribute("class", className); }
    parent.appendChild(node);
    return node;
  }

  function hour(minutes) {
    return String(Math.floor(minutes / 60)).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");
  }

  function titled(node, text) { add(node, "title", {}).textContent = text; }

  function ticks(svg, x, width) {
    var hours = (clock.until - clock.from) / 60;
    var every = Math.max(1, Math.ceil(hours / Math.max(1, Math.floor(width / 56))));
    for (var at = clock.from; at <= clock.until; at += 60) {
      var labelled = ((at - clock.from) / 60) % every === 0;
      add(svg, "line", { x1: x(at), x2: x(at), y1: labelled ? TOP - 4 : TOP, y2: HEIGHT }, "clock-tick");
      if (labelled && x(at) < width - 30) {
        add(svg, "text", { x: x(at) + 2, y: TOP - 6 }, "clock-hour").textContent = hour(at);
      }
    }
  }

  function bar(svg, x, from, until, className, y, height, title) {
    var node = add(svg, "rect", { x: x(from), y: y, width: Math.max(2, x(until) - x(from)), height: height, rx: 2 }, className);
    if (title) { titled(node, title); }
  }

  function lane(svg, x, trip, words) {
    add(svg, "line", { x1: x(trip.starts), x2: x(trip.ends), y1: TOP + LANE / 2, y2: TOP + LANE / 2 }, "clock-drive");
    trip.halts.forEach(function (halt) {
      if (halt.begins > halt.reaches) {
        bar(svg, x, halt.reaches, halt.begins, "clock-wait", TOP + 4, LANE - 8, words.rest + " " + hour(halt.reaches) + "–" + hour(halt.begins));
      }
      bar(svg, x, halt.begins, halt.done, "clock-" + halt.kind, TOP, LANE, halt.name + " " + hour(halt.begins) + "–" + hour(halt.done));
      if (halt.arrived !== null) {
        bar(svg, x, halt.arrived, halt.departed === null ? halt.arrived : halt.departed, "clock-real", TOP + LANE, 4, halt.name + " " + hour(halt.arrived));
      }
    });
  }

  /* Kilograms aboard as steps under the lane; full height is the rated mass. */
  function aboard(svg, x, trip) {
    var foot = HEIGHT - 1, kg = 0, way = "M" + x(trip.starts) + " " + foot;
    function y(weight) { return foot - AREA * Math.min(1, weight / trip.rated_kg); }
    trip.halts.forEach(function (halt) {
      way += " L" + x(halt.done) + " " + y(kg) + " L" + x(halt.done) + " " + y(halt.aboard_kg);
      kg = halt.aboard_kg;
    });
    add(svg, "path", { d: way + " L" + x(trip.ends) + " " + y(kg) + " L" + x(trip.ends) + " " + foot + " Z" }, "clock-aboard");
    add(svg, "line", { x1: x(trip.starts), x2: x(trip.ends), y1: foot - AREA, y2: foot - AREA }, "clock-full");
  }

  function draw(canvas) {
    var trip = clock.trips.find(function (one) { return String(one.id) === canvas.getAttribute("data-trip"); });
    var width = Math.floor(canvas.clientWidth);
    if (!trip || width < 200) { return; }
    function x(minutes) { return Math.round((minutes - clock.from) / (clock.until - clock.from) * (width - 2)) + 1; }
    var svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 " + width + " " + HEIGHT);
    svg.setAttribute("width", width);
    svg.setAttribute("height", HEIGHT);
    ticks(svg, x, width);
    aboard(svg, x, trip);
    lane(svg, x, trip, { rest: canvas.getAttribute("data-rest") });
    if (clock.now !== null && clock.now >= clock.from && clock.now <= clock.until) {
      add(svg, "line", { x1: x(clock.now), x2: x(clock.now), y1: TOP - 2, y2: HEIGHT }, "clock-now");
    }
    canvas.replaceChildren(svg);
  }

  function drawAll() { Array.prototype.forEach.call(document.querySelectorAll(".board-clock"), draw); }
  drawAll();
  var soon = null;
  window.addEventListener("resize", function () { clearTimeout(soon); soon = setTimeout(drawAll, 150); });
})();
