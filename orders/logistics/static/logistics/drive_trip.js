/* What the trips look like once the actions on this phone have been done: the server's page, played on. No page, no network here. */
(function (Drive) {
  "use strict";

  /* What follows on the same trip waits for one of these that was refused. */
  var ORDERED = { arrive: 1, loaded: 1, taken: 1, not_loaded: 1, handover: 1, seal: 1, depart: 1, repaired: 1 };

  function find(rows, id) { return rows.filter(function (row) { return row.id === id; })[0] || null; }

  function stopsOf(trip) {
    return trip.stops.filter(function (stop) {
      return trip.loads.some(function (load) { return load.pickup === stop.id || load.delivery === stop.id; });
    });
  }

  function nextStop(trip) {
    return trip.open ? stopsOf(trip).filter(function (stop) { return !stop.departed; })[0] || null : null;
  }

  function phase(trip, stop) {
    if (stop.departed) { return "done"; }
    var next = nextStop(trip);
    if (!next || next.id !== stop.id) { return "later"; }
    return stop.arrived ? "here" : "next";
  }

  function settled(trip, stop) {
    return !trip.loads.some(function (load) { return load.pickup === stop.id && load.state === "planned"; });
  }

  function aboard(trip) {
    var sum = 0;
    trip.loads.forEach(function (load) {
      var left = find(trip.stops, load.delivery);
      if (load.loaded_g !== null && !(left && left.departed)) { sum += load.loaded_g; }
    });
    return sum;
  }

  /* A trip that uses seals leaves with goods only under one. */
  function wantsSeal(trip, stop) {
    return trip.uses_seals && !trip.seals.length && trip.loads.some(function (load) {
      var off = find(trip.stops, load.delivery);
      return load.state === "loaded" && load.delivery !== stop.id && !(off && off.departed);
    });
  }

  var DO = {
    arrive: function (trip, stop, action) { stop.arrived = stop.arrived || action.made_at; },
    depart: function (trip, stop, action) {
      stop.departed = stop.departed || action.made_at;
      if (!nextStop(trip)) { trip.open = false; }
    },
    handover: function (trip, stop) {
      stop.handed = true;
      if (stop.kind === "delivery") { trip.seals = []; } /* the doors were opened */
    },
    seal: function (trip, stop, action) {
      trip.uses_seals = true;
      if (trip.seals.indexOf(action.facts.number) < 0) { trip.seals.push(action.facts.number); }
    },
    photo: function (trip, stop) { stop.photos += 1; },
    problem: function (trip, stop, action) { if (action.facts.kind === "breakdown") { trip.broken = true; } },
    repaired: function (trip) { trip.broken = false; },
    loaded: function (trip, stop, action) {
      var load = find(trip.loads, Number(action.facts.load));
      if (load) { load.state = "loaded"; load.loaded_g = action.grams; }
    },
    taken: function (trip, stop, action) { DO.loaded(trip, stop, action); },
    not_loaded: function (trip, stop, action) {
      trip.loads = trip.loads.filter(function (load) { return load.id !== Number(action.facts.load); });
    }
  };

  /* Why an action is not sent now: "refused", "behind" one that was refused, "aside" because the server failed at it, "after"
     one that is aside; or "" when nothing keeps it. */
  function hindrances(actions) {
    var held = {};
    return actions.map(function (action) {
      var why = action.state === "refused" ? "refused" : action.state !== "waiting" ? ""
        : ORDERED[action.verb] && held[action.trip] || (action.aside ? "aside" : "");
      if (ORDERED[action.verb] && (why === "refused" || why === "aside")) { held[action.trip] = why === "aside" ? "after" : "behind"; }
      return why;
    });
  }

  /* What was refused did not happen; what the server could not take did. */
  function counts(why) { return why !== "refused" && why !== "behind"; }

  /* A copy of the server's trips after everything that counts and that it does not know yet. */
  function play(facts, actions) {
    var trips = JSON.parse(JSON.stringify(facts.trips));
    var why = hindrances(actions);
    actions.forEach(function (action, n) {
      if (!counts(why[n]) || facts.known.indexOf(action.key) >= 0) { return; }
      var trip = find(trips, action.trip);
      var stop = trip && find(trip.stops, action.stop);
      if (stop && DO[action.verb]) { DO[action.verb](trip, stop, action); }
    });
    return trips;
  }

  /* Two actions on the same thing, of which only one can be meant. */
  function target(action) {
    var facts = action.facts;
    if (action.verb === "loaded" || action.verb === "taken" || action.verb === "not_loaded") { return "load " + facts.load; }
    if (action.verb === "arrive" || action.verb === "depart" || action.verb === "handover") {
      return action.verb + " " + facts.stop;
    }
    return action.key;
  }

  /* "1,200" 斤 as whole grams; null where it is no plain number. Exact: no fractions of a float. */
  function grams(text, unit) {
    var plain = text.replace(/[０-９．]/g, function (sign) { return String.fromCharCode(sign.charCodeAt(0) - 0xfee0); })
      .replace(/[,，\s]/g, "");
    var found = plain.match(/^([0-9]{1,9})(?:\.([0-9]{1,6}))?(斤|公斤|千克|吨|[kK][gG])?$/);
    if (!found) { return null; }
    var per = { "斤": 500, "公斤": 1000, "千克": 1000, "kg": 1000, "吨": 1000000 }[(found[3] || unit).toLowerCase()];
    var whole = Number(found[1]) * per;
    var part = found[2] ? Number(found[2]) * per / Math.pow(10, found[2].length) : 0;
    return whole + part > 0 && part === Math.floor(part) ? whole + part : null;
  }

  Drive.trip = {
    ORDERED: ORDERED, find: find, stopsOf: stopsOf, phase: phase, settled: settled, wantsSeal: wantsSeal, aboard: aboard,
    hindrances: hindrances, play: play, target: target, grams: grams
  };
})(window.Drive);
