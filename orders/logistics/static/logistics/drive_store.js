/* Where the driver's actions are kept until the server has them: IndexedDB, one row for each, in order. */
window.Drive = {};
(function (Drive) {
  "use strict";

  var KEPT_MS = 24 * 3600 * 1000; /* what was sent is shown for a day */
  var opened = null;

  function open() {
    if (opened) { return opened; }
    opened = new Promise(function (resolve, reject) {
      var request = indexedDB.open("drive", 1);
      request.onupgradeneeded = function () { request.result.createObjectStore("actions", { keyPath: "key" }); };
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error); };
      request.onblocked = function () { reject(new Error("blocked")); };
    });
    return opened;
  }

  /* Resolves when the transaction is written, not when it was asked for. */
  function within(mode, work) {
    return open().then(function (db) {
      return new Promise(function (resolve, reject) {
        var transaction = db.transaction("actions", mode, { durability: "strict" });
        var request = work(transaction.objectStore("actions"));
        transaction.oncomplete = function () { resolve(request && request.result); };
        transaction.onerror = transaction.onabort = function () { reject(transaction.error); };
      });
    });
  }

  Drive.store = {
    ready: function () { return open(); },

    /* This person's, in the order in which they count. Those of somebody else who uses the phone stay untouched. */
    all: function (user) {
      return within("readonly", function (actions) { return actions.getAll(); }).then(function (rows) {
        return rows.filter(function (row) { return row.user === user; })
          .sort(function (a, b) { return a.order - b.order || (a.made_at < b.made_at ? -1 : 1); });
      });
    },

    put: function (action) { return within("readwrite", function (actions) { return actions.put(action); }); },
    drop: function (key) { return within("readwrite", function (actions) { return actions.delete(key); }); },

    /* The one goes and the other comes together. */
    replace: function (oldKey, action) {
      return within("readwrite", function (actions) { actions.delete(oldKey); return actions.put(action); });
    },

    tidy: function (rows) {
      var old = rows.filter(function (row) {
        return row.state === "sent" && Date.now() - new Date(row.made_at).getTime() > KEPT_MS;
      });
      return Promise.all(old.map(function (row) { return Drive.store.drop(row.key); }));
    }
  };
})(window.Drive);
