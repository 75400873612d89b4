/* Photographs of a listing: made small on the phone and uploaded at once. One that cannot be uploaded yet is kept in
   IndexedDB and goes up when the network is back, also after a reload. Without this script the form brings the files. */
(function () {
  "use strict";

  var LONGEST = 1600;
  var store = null;

  function database() {
    if (store) { return store; }
    store = new Promise(function (resolve, reject) {
      var request = window.indexedDB.open("green-channel-photos", 1);
      request.onupgradeneeded = function () { request.result.createObjectStore("waiting", { keyPath: "id" }); };
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error); };
    });
    return store;
  }

  /* One request in one transaction; a phone without IndexedDB (private mode) goes on without keeping. */
  function kept(mode, work) {
    return database().then(function (opened) {
      return new Promise(function (resolve, reject) {
        var request = work(opened.transaction("waiting", mode).objectStore("waiting"));
        request.onsuccess = function () { resolve(request.result); };
        request.onerror = function () { reject(request.error); };
      });
    }).catch(function () { return null; });
  }

  function smaller(file) {
    if (!window.createImageBitmap || !HTMLCanvasElement.prototype.toBlob) { return Promise.resolve(file); }
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
      var scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (resolve) {
        canvas.toBlob(function (blob) { resolve(blob && blob.size < file.size ? blob : file); }, "image/jpeg", 0.85);
      });
    }).catch(function () { return file; }); /* a format this browser cannot read; the server may */
  }

  function tray(box, form) {
    var tiles = box.querySelector("[data-tiles]");
    var input = box.querySelector('input[type="file"]');
    var error = box.querySelector("[data-photo-error]");
    var most = Number(box.getAttribute("data-most"));
    var draft = form.getAttribute("data-draft-name");
    var going = {};

    function words(name) { return box.getAttribute("data-words-" + name); }

    function refuse(sentence) {
      error.textContent = sentence || "";
      error.hidden = !sentence;
    }

    function changed() { form.dispatchEvent(new CustomEvent("photos:changed", { bubbles: true })); }

    function tile(source) {
      var item = document.createElement("li");
      item.className = "photo-tile";
      var image = document.createElement("img");
      image.src = source;
      image.alt = words("alt");
      item.appendChild(image);
      tiles.appendChild(item);
      return item;
    }

    function dropButton(item, dropped) {
      var old = item.querySelector(".photo-drop, button");
      if (old) { item.removeChild(old); }
      var button = document.createElement("button");
      button.type = "button";
      button.className = "plain small";
      button.textContent = words("drop");
      button.addEventListener("click", function () {
        tiles.removeChild(item);
        refuse("");
        dropped();
        changed();
      });
      item.appendChild(button);
    }

    function settled(item, photo) {
      item.classList.remove("is-waiting");
      item.setAttribute("data-photo", photo.id);
      item.setAttribute("data-photo-url", photo.url);
      var state = item.querySelector(".photo-state");
      if (state) { item.removeChild(state); }
      var hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = "photo";
      hidden.value = photo.id;
      item.appendChild(hidden);
      dropButton(item, function () {});
      changed();
    }

    function say(item, sentence) {
      var state = item.querySelector(".photo-state") || item.appendChild(document.createElement("p"));
      state.className = "photo-state";
      state.textContent = sentence;
    }

    function upload(waiting, item) {
      if (going[waiting.id]) { return going[waiting.id]; }
      say(item, words("busy"));
      var content = new FormData();
      content.append("photo", waiting.blob, "photo.jpg");
      content.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      going[waiting.id] = fetch(box.getAttribute("data-url"), {
        method: "POST", body: content, credentials: "same-origin"
      }).then(function (answer) {
        if (answer.status !== 201 && answer.status !== 422) { throw new Error(String(answer.status)); }
        return answer.json();
      }).then(function (answer) {
        forget(waiting.id);
        if (!tiles.contains(item)) { return; }
        if (!answer.error) { settled(item, answer); return; }
        item.classList.add("is-refused");
        say(item, answer.error);
      }).catch(function () {
        say(item, words("wait"));
      }).then(function () { delete going[waiting.id]; });
      return going[waiting.id];
    }

    function forget(id) { return kept("readwrite", function (photos) { return photos.delete(id); }); }

    function add(waiting) {
      var item = tile(URL.createObjectURL(waiting.blob));
      item.classList.add("is-waiting");
      item.waiting = waiting;
      dropButton(item, function () { forget(waiting.id); });
      return upload(waiting, item);
    }

    function waitingTiles() {
      return Array.prototype.filter.call(tiles.children, function (item) {
        return item.classList.contains("is-waiting") && !item.classList.contains("is-refused");
      });
    }

    function retry() {
      return Promise.all(waitingTiles().map(function (item) { return upload(item.waiting, item); }));
    }

    input.addEventListener("change", function () {
      var room = most - tiles.children.length;
      var files = Array.prototype.slice.call(input.files, 0, Math.max(room, 0));
      refuse(input.files.length > files.length ? words("full") : "");
      files.forEach(function (file, place) {
        smaller(file).then(function (blob) {
          var waiting = { id: Date.now() + "-" + place + "-" + Math.random(), draft: draft, blob: blob };
          kept("readwrite", function (photos) { return photos.put(waiting); });
          add(waiting);
          changed();
        });
      });
      input.value = ""; /* they travel one by one: the form must not bring them again */
    });

    Array.prototype.forEach.call(tiles.children, function (item) { dropButton(item, function () {}); });
    box.classList.add("has-script");
    box.querySelector("[data-add]").hidden = false;
    window.addEventListener("online", retry);
    kept("readonly", function (photos) { return photos.getAll(); }).then(function (all) {
      (all || []).forEach(function (waiting) { if (waiting.draft === draft) { add(waiting); } });
    });

    /* What listing_draft.js needs to know and to do. */
    form.photoTray = {
      waiting: function () { return waitingTiles().length; },
      upload: retry,
      kept: function () {
        return Array.prototype.map.call(tiles.querySelectorAll("[data-photo]"), function (item) {
          return { id: item.getAttribute("data-photo"), url: item.querySelector("img").getAttribute("src") };
        });
      },
      restore: function (photos) {
        photos.forEach(function (photo) {
          if (!tiles.querySelector('[data-photo="' + Number(photo.id) + '"]')) { settled(tile(photo.url), photo); }
        });
      },
      clear: function () {
        kept("readonly", function (photos) { return photos.getAll(); }).then(function (all) {
          (all || []).forEach(function (waiting) { if (waiting.draft === draft) { forget(waiting.id); } });
        });
      }
    };
  }

  function start() {
    var form = document.querySelector("[data-listing-form]");
    if (!form || !window.fetch || !window.Promise || !window.indexedDB) { return; }
    tray(form.querySelector("[data-photos]"), form);
  }

  document.addEventListener("listing:new-form", start);
  start();
})();
