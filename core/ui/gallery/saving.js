// Marks on their way to the server. They are numbered, kept in the browser until they were taken, and sent one batch
// after the other: nothing is lost by typing fast, by a reload, or while the server is away.

const ADDRESS = "/gallery/marks";
const BATCH = 200;
const PAUSE = 120; // milliseconds: what is typed in one go is one request
const WAITS = [1000, 2000, 5000, 10000];

class Saver {
  constructor(person, tell) {
    this.place = `atelier.gallery.${person}`;
    this.tell = tell;
    this.failures = 0;
    this.isSending = false;
    // A name of its own for each page that is opened: a tab that was doubled has the same memory, and counts anew.
    this.client = randomName();
    this.waiting = this.read().map((one, place) => ({ ...one, seq: place + 1 }));
    this.number = this.waiting.length;
    this.onHide = () => this.hurry();
    window.addEventListener("pagehide", this.onHide);
    if (this.waiting.length) this.soon();
  }

  read() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.place));
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  keep() {
    try {
      sessionStorage.setItem(this.place, JSON.stringify(this.waiting));
    } catch {
      // No room, or not allowed: then they live in this page alone.
    }
  }

  add(id, change) {
    this.number += 1;
    this.waiting.push({ seq: this.number, id, ...change });
    this.keep();
    this.soon();
  }

  get count() {
    return this.waiting.length;
  }

  // What is not taken yet of one picture, the latest last.
  changesOf(id) {
    return Object.assign({}, ...this.waiting.filter((one) => one.id === id).map(({ liked, rejected, rating }) => {
      const found = {};
      if (liked !== undefined) found.liked = liked;
      if (rejected !== undefined) found.rejected = rejected;
      if (rating !== undefined) found.rating = rating;
      return found;
    }));
  }

  soon(wait = PAUSE) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  // Resolves when everything was taken, or cannot be for now.
  async settle() {
    clearTimeout(this.timer);
    while (this.waiting.length && this.failures === 0) {
      await (this.sending || this.send());
    }
  }

  send() {
    if (this.isSending || !this.waiting.length) return this.sending || Promise.resolve();
    this.isSending = true;
    this.sending = this.sendBatch().finally(() => {
      this.isSending = false;
      this.sending = null;
    });
    return this.sending;
  }

  async sendBatch() {
    const marks = this.waiting.slice(0, BATCH);
    let answer;
    try {
      answer = await this.post(marks, AbortSignal.timeout(20000));
    } catch {
      return this.failed("The server does not answer.");
    }
    if (answer.status >= 500) return this.failed("The server is in trouble.");
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 401 || answer.status === 403) return this.failed(told.detail || "You are signed out.");
    this.failures = 0;
    const last = marks[marks.length - 1].seq;
    this.waiting = this.waiting.filter((one) => one.seq > last);
    this.keep();
    if (!answer.ok) this.tell("refused", told.detail || "A mark was refused.");
    else if (told.left_out && told.left_out.length) this.tell("refused", "A picture has been deleted meanwhile.");
    else this.tell("saved", "");
    if (this.waiting.length) this.soon(0);
    return undefined;
  }

  post(marks, signal, keepalive = false) {
    return fetch(ADDRESS, { method: "POST", credentials: "same-origin", signal, keepalive,
      headers: { "Content-Type": "application/json" }, body: JSON.stringify({ client: this.client, marks }) });
  }

  failed(why) {
    const wait = WAITS[Math.min(this.failures, WAITS.length - 1)];
    this.failures += 1;
    const marks = this.count === 1 ? "1 mark is" : `${this.count} marks are`;
    this.tell("waiting", `${why} ${marks} kept here and sent again.`);
    this.soon(wait);
  }

  // The page goes away: a last copy, which the numbers make harmless if it was one too many.
  hurry() {
    if (this.waiting.length) this.post(this.waiting.slice(0, BATCH), undefined, true).catch(() => {});
  }
}

function randomName() {
  // Not crypto.randomUUID, which a house without https has not.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}
