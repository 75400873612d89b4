/* Whether a typed hand-over code can be right: a slow hash compared with the few digits of it that the page holds. */
(function (Drive) {
  "use strict";

  function bytes(hex) {
    return new Uint8Array(hex.match(/../g).map(function (pair) { return parseInt(pair, 16); }));
  }

  /* Resolves true also where this phone cannot say: the server says it later. */
  Drive.check = function (check, code) {
    if (!check || !window.crypto || !crypto.subtle || !window.TextEncoder) { return Promise.resolve(true); }
    return crypto.subtle.importKey("raw", new TextEncoder().encode(code), "PBKDF2", false, ["deriveBits"])
      .then(function (key) {
        var how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(check.salt), iterations: check.rounds };
        return crypto.subtle.deriveBits(how, key, 256);
      })
      .then(function (bits) {
        var hex = Array.prototype.map.call(new Uint8Array(bits), function (one) {
          return ("0" + one.toString(16)).slice(-2);
        }).join("");
        return hex.slice(0, check.hash.length) === check.hash;
      })
      .catch(function () { return true; });
  };
})(window.Drive);
