/* What the phone keeps: settings (device, chain's head, clock's mark, key, bundle) and the records not yet sent. IndexedDB. */

const NAME = "checkpoint";
const SETTINGS = "settings";
const RECORDS = "records";

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

export async function openStore() {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(SETTINGS);
    opening.result.createObjectStore(RECORDS, { keyPath: ["device", "seq"] });
  };
  const database = await asked(opening);
  return new Store(database);
}

export class Store {
  constructor(database) {
    this.database = database;
  }

  get(key) {
    return asked(this.database.transaction(SETTINGS).objectStore(SETTINGS).get(key));
  }

  async put(key, value) {
    const transaction = this.database.transaction(SETTINGS, "readwrite");
    transaction.objectStore(SETTINGS).put(value, key);
    await finished(transaction);
  }

  /* The record and the chain's new head stand together or not at all. */
  async append(entry, headKey, head) {
    const transaction = this.database.transaction([SETTINGS, RECORDS], "readwrite");
    transaction.objectStore(RECORDS).add(entry);
    transaction.objectStore(SETTINGS).put(head, headKey);
    await finished(transaction);
  }

  async change(device, seq, facts) {
    const transaction = this.database.transaction(RECORDS, "readwrite");
    const records = transaction.objectStore(RECORDS);
    const entry = await asked(records.get([device, seq]));
    if (entry) { records.put({ ...entry, ...facts }); }
    await finished(transaction);
    return entry ? { ...entry, ...facts } : undefined;
  }

  /* Oldest first. */
  entries(device) {
    const range = IDBKeyRange.bound([device, 0], [device, Number.MAX_SAFE_INTEGER]);
    return asked(this.database.transaction(RECORDS).objectStore(RECORDS).getAll(range));
  }

  async forget(device, seqs) {
    const transaction = this.database.transaction(RECORDS, "readwrite");
    seqs.forEach((seq) => transaction.objectStore(RECORDS).delete([device, seq]));
    await finished(transaction);
  }
}
