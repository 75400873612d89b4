/* Says at once what a typed weight or range (3-4吨) means, and adds up a sheet. Reads plain numbers with a unit; everything else
   (三万五, 3吨200斤, 三四百斤) is left to the server, which decides in any case. */
(function () {
  "use strict";

  var GRAMS = {
    "": 500, "斤": 500, "市斤": 500, "公斤": 1000, "千克": 1000, "kg": 1000, "吨": 1000000, "t": 1000000,
    "担": 50000, "两": 50, "万斤": 5000000, "克": 1, "g": 1, "jin": 500, "tonne": 1000000, "tonnes": 1000000
  };

  function narrow(text) {
    return text.replace(/[\uff01-\uff5e]/g, function (sign) {
      return String.fromCharCode(sign.charCodeAt(0) - 0xfee0);
    }).replace(/[\s\u3000]+/g, "").replace(/,/g, "").toLowerCase();
  }

  /* Grams, or null for what the script cannot read exactly. */
  function grams(text, pack, packGrams) {
    var parts = /^(\d{1,9})(?:\.(\d{1,3}))?(\D*)$/.exec(narrow(text));
    if (!parts) { return null; }
    var unit = parts[3];
    var size = pack && unit === narrow(pack) ? Number(packGrams) : GRAMS[unit];
    if (!size) { return null; }
    var thousandths = Number(parts[1]) * 1000 + Number(((parts[2] || "") + "000").slice(0, 3));
    var weight = thousandths * size / 1000;
    return weight > 0 && Math.floor(weight) === weight && weight <= 1e12 ? weight : null;
  }

  function number(value) {
    var parts = String(Math.round(value * 10000) / 10000).split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    return parts.join(".");
  }

  function bothWays(weight) {
    var words = document.documentElement.lang === "en"
      ? { jin: "jin", kg: "kg", tonne: "t" } : { jin: "斤", kg: "公斤", tonne: "吨" };
    var other = weight >= 1000000 ? number(weight / 1000000) + " " + words.tonne : number(weight / 1000) + " " + words.kg;
    return number(weight / 500) + " " + words.jin + " = " + other;
  }

  /* "3-4吨", "3吨到4吨": the words for both ends, or "" where the script cannot be sure. */
  function rangeWords(input, pack, packGrams) {
    var words = input.getAttribute("data-range");
    var parts = words && /^([\d.]+)(\D*?)(?:[-\u2010-\u2015~\u301c\u223c]+|\u5230|\u81f3)([\d.]+)(\D*)$/.exec(narrow(input.value));
    if (!parts) { return ""; }
    var low = grams(parts[1] + (parts[2] || parts[4]), pack, packGrams);
    var high = grams(parts[3] + (parts[4] || parts[2]), pack, packGrams);
    if (low === null || high === null || low >= high || ((!parts[2] || !parts[4]) && high > 10 * low)) { return ""; }
    return words.replace("{firm}", bothWays(low)).replace("{most}", bothWays(high));
  }

  document.addEventListener("input", function (event) {
    var id = event.target.getAttribute("data-reading");
    if (!id) { return; }
    var pack = event.target.getAttribute("data-pack"), packGrams = event.target.getAttribute("data-pack-grams");
    var weight = grams(event.target.value, pack, packGrams);
    var said = weight === null ? rangeWords(event.target, pack, packGrams) : bothWays(weight);
    document.getElementById(id).textContent = said;
  });

  function addUp(sheet) {
    var total = 0, unread = 0;
    Array.prototype.forEach.call(sheet.querySelectorAll("[data-weight]"), function (input) {
      if (!input.value.trim()) { return; }
      var weight = grams(input.value, sheet.getAttribute("data-pack"), sheet.getAttribute("data-pack-grams"));
      if (weight === null) { unread += 1; } else { total += weight; }
    });
    sheet.querySelector("[data-total]").textContent = total ? bothWays(total) : "";
    sheet.querySelector("[data-unread]").hidden = !unread;
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-sheet]"), function (sheet) {
    sheet.addEventListener("input", function () { addUp(sheet); });
    addUp(sheet);
  });
})();
