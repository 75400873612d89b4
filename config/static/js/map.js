/* Maps without tiles: county borders, points and routes from a data block of the page. See components/_map.html. */
(function () {
  "use strict";
  if (!window.L) { return; }

  var ROUTE_COLOURS = 6;

  function textNode(tag, text, className) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    node.textContent = text;
    return node;
  }

  function pin(point) {
    var face = document.createElement("div");
    face.className = "map-pin-face";
    face.appendChild(document.createElement("i"));
    face.appendChild(textNode("span", point.label || ""));
    return L.divIcon({ className: "map-pin" + (point.kind ? " is-" + point.kind : ""), html: face, iconSize: null });
  }

  function addPoints(map, points, bounds) {
    points.forEach(function (point) {
      var marker = L.marker([point.lat, point.lon], { icon: pin(point), title: point.label || "", alt: point.label || "", keyboard: Boolean(point.url) });
      if (point.url) { marker.on("click", function () { window.location.assign(point.url); }); }
      marker.addTo(map);
      bounds.extend([point.lat, point.lon]);
    });
  }

  /* Labels that would cover an earlier one give way; zooming in brings them back, and the list below has them all. */
  function thinLabels(canvas) {
    var kept = [];
    Array.prototype.forEach.call(canvas.querySelectorAll(".map-pin"), function (marker) {
      marker.classList.remove("is-crowded");
      var box = marker.querySelector("span").getBoundingClientRect();
      var covers = kept.some(function (other) {
        return box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
      });
      if (covers) { marker.classList.add("is-crowded"); } else { kept.push(box); }
    });
  }

  function addRoutes(map, routes, bounds) {
    routes.forEach(function (route, index) {
      var line = L.polyline(route.points, { className: "map-route map-route-" + (1 + (index % ROUTE_COLOURS)) });
      if (route.label) { line.bindTooltip(textNode("span", route.label), { sticky: true }); }
      line.addTo(map);
      bounds.extend(line.getBounds());
    });
  }

  function nameOf(properties) {
    return (document.documentElement.lang === "en" ? properties.name_pinyin : properties.name_zh) || properties.name || "";
  }

  /* Names of counties, where the county is wide enough on this screen to carry its name. */
  function nameCounties(map, layer) {
    layer.eachLayer(function (shape) {
      var about = (shape.feature && shape.feature.properties) || {};
      var name = nameOf(about);
      if (!name || !shape.getBounds) { return; }
      var box = shape.getBounds();
      var width = map.latLngToContainerPoint(box.getNorthEast()).x - map.latLngToContainerPoint(box.getSouthWest()).x;
      if (width < 24 * name.length) { return; }
      var place = about.label ? L.latLng(about.label[1], about.label[0]) : box.getCenter();
      L.tooltip({ permanent: true, pane: "names", direction: "center", className: "map-county-name" })
        .setLatLng(place).setContent(textNode("span", name)).addTo(map);
    });
  }

  function addBorders(map, url, bounds, frame) {
    if (!url) { return; }
    fetch(url, { credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    }).then(function (borders) {
      var layer = L.geoJSON(borders, { pane: "borders", style: { className: "map-county" }, interactive: false }).addTo(map);
      if (!bounds.isValid() && layer.getBounds().isValid()) { bounds.extend(layer.getBounds()); }
      frame();
      nameCounties(map, layer);
    }).catch(function () { /* The points and routes are on the map already; borders are decoration. */ });
  }

  function draw(canvas) {
    var block = document.getElementById(canvas.getAttribute("data-map"));
    var data = block ? JSON.parse(block.textContent) : {};
    var map = L.map(canvas, { attributionControl: false, zoomControl: false, scrollWheelZoom: false, zoomSnap: 0.25, maxZoom: 13, minZoom: 6 });
    L.control.zoom({ zoomInTitle: canvas.dataset.zoomIn, zoomOutTitle: canvas.dataset.zoomOut }).addTo(map);
    map.createPane("borders").style.zIndex = 350;
    map.createPane("names").style.zIndex = 380;
    var bounds = L.latLngBounds([]);
    addRoutes(map, data.routes || [], bounds);
    addPoints(map, data.points || [], bounds);
    function frame() {
      if (bounds.isValid()) { map.fitBounds(bounds.pad(0.15), { maxZoom: 11, animate: false }); } else { map.setView([27.2, 113.5], 8); }
    }
    frame();
    thinLabels(canvas);
    map.on("zoomend resize", function () { thinLabels(canvas); });
    addBorders(map, canvas.getAttribute("data-borders"), bounds, frame);
  }

  Array.prototype.forEach.call(document.querySelectorAll(".map-canvas[data-map]"), draw);
})();
