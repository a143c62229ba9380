// What hands and keys do in the gallery. What is done shows at once; the saver brings it to the server. What outlives a
// redraw, such as the picture that has the focus, is kept per board. Stands behind the other files in one module.

const boards = new WeakMap();
const READING_TIME = 6000;
const MOST_COMPARED = 4;
const MOST_UNDONE = 500;
const ONWARD = "atelier.gallery.onward";

export default function (component) {
  const root = component.parentElement;
  let board = boards.get(root);
  if (!board) {
    board = new Board(root, component.data.person);
    boards.set(root, board);
  }
  board.show(component.data, (name, value) => component.setTriggerValue(name, value));
}

class Board {
  constructor(root, person) {
    this.root = root;
    this.frame = root.querySelector(".frame");
    this.status = root.querySelector(".status");
    this.viewer = root.querySelector(".viewer");
    this.saver = new Saver(person, (kind, text) => this.onSaved(kind, text));
    this.states = new Map(); // what pictures are, with what was done to them here
    this.done = []; // for undo: the picture, and what it was
    this.picked = new Set();
    this.compared = new Set();
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
    this.frame.addEventListener("click", (event) => this.onClick(event));
    this.frame.addEventListener("focusin", (event) => this.onFocus(event));
    this.viewer.addEventListener("keydown", (event) => this.onKey(event));
    this.viewer.addEventListener("click", (event) => this.onViewerClick(event));
    this.viewer.addEventListener("swipe", (event) => this.turnTo(event.detail));
    this.viewer.addEventListener("close", () => this.onClosed());
  }

  show(data, send) {
    this.send = send;
    const isSameList = this.data && this.data.list === data.list;
    const hadFocus = this.root.activeElement !== null;
    this.data = data;
    this.tiles = new Map(data.tiles.map((tile) => [tile.id, tile]));
    this.order = data.tiles.map((tile) => tile.id);
    for (const tile of data.tiles) {
      const own = this.saver.changesOf(tile.id);
      this.states.set(tile.id, { liked: tile.liked, rejected: tile.rejected, rating: tile.rating, ...own });
    }
    if (!isSameList) {
      if (!this.isTroubled) this.announce("");
      this.picked = new Set(data.picked);
      this.focused = data.last ? this.order.at(-1) : this.order[0];
    }
    this.frame.replaceChildren(...drawBoard(data));
    this.nodes = new Map([...this.frame.querySelectorAll(".tile")].map((node) => [node.dataset.id, node]));
    for (const id of this.order) this.dress(id);
    if (!this.nodes.has(this.focused)) [this.focused] = this.order;
    this.rove();
    if (this.viewer.open) this.showLarge(this.tiles.has(this.large) ? this.large : this.focused);
    else if (hadFocus || (!isSameList && data.turned)) this.focus(this.focused);
  }

  // Finding and drawing

  get current() {
    return this.viewer.open ? this.large : this.focused;
  }

  opener(id) {
    const node = this.nodes.get(id);
    return node && node.querySelector(".open");
  }

  rove() {
    for (const node of this.frame.querySelectorAll('.open[tabindex="0"]')) node.tabIndex = -1;
    const opener = this.opener(this.focused);
    if (opener) opener.tabIndex = 0;
  }

  focus(id) {
    const opener = this.opener(id);
    if (!opener) return;
    opener.focus({ preventScroll: true });
    this.nodes.get(id).scrollIntoView({ block: "nearest" });
  }

  dress(id) {
    dressTile(this.nodes.get(id), this.tiles.get(id), this.states.get(id), this.picked.has(id), this.compared.has(id));
    if (this.viewer.open && this.large === id) dressViewer(this.viewer, this.states.get(id));
  }

  announce(text, stays = false) {
    clearTimeout(this.fading);
    this.status.textContent = text;
    if (text && !stays) this.fading = setTimeout(() => this.announce(""), READING_TIME);
  }

  onSaved(kind, text) {
    if (kind === "saved") {
      if (this.isTroubled) this.announce("All marks are saved.");
      this.isTroubled = false;
      return;
    }
    this.isTroubled = kind === "waiting";
    this.announce(text, this.isTroubled);
  }

  // Marking

  mark(id, change) {
    const state = this.states.get(id);
    const wanted = { ...change };
    if (wanted.liked) wanted.rejected = false;
    if (wanted.rejected) wanted.liked = false;
    const before = {};
    for (const name of Object.keys(wanted)) if (state[name] !== wanted[name]) before[name] = state[name];
    if (!Object.keys(before).length) return false;
    this.done.push({ id, before });
    if (this.done.length > MOST_UNDONE) this.done.shift();
    this.put(id, wanted);
    return true;
  }

  put(id, change) {
    Object.assign(this.states.get(id), change);
    const sent = { ...change };
    // No stars are 0 on their way.
    if ("rating" in sent) sent.rating = sent.rating || 0;
    this.saver.add(id, sent);
    if (this.nodes.has(id)) this.dress(id);
  }

  undo() {
    const last = this.done.pop();
    if (!last) {
      this.announce("There is nothing to take back.");
      return;
    }
    if (!this.states.has(last.id)) return;
    this.put(last.id, last.before);
    if (this.viewer.open) this.showLarge(last.id);
    else this.focus(last.id);
    this.announce("Taken back.");
  }

  does(event) {
    const id = this.current;
    const state = this.states.get(id);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "z") this.undo();
    else if (!id) return false;
    else if (key === "l") this.judge(id, { liked: !state.liked });
    else if (key === "x") this.judge(id, { rejected: !state.rejected });
    else if (/^[0-5]$/.test(key)) this.judge(id, { rating: Number(key) || null });
    else if (key === "s") this.pick(id);
    else if (key === "c" && event.shiftKey) this.compareNow();
    else if (key === "c") this.compare(id);
    else if (key === "d") this.leave({ do: "details", id });
    else if (key === "n" || key === " ") this.turnTo(1);
    else if (key === "PageUp" || key === "PageDown") this.turnPage(key === "PageUp" ? -1 : 1);
    else return false;
    return true;
  }

  judge(id, change) {
    const name = Object.keys(change)[0];
    this.mark(id, change);
    const state = this.states.get(id);
    const words = { liked: state.liked ? "Liked" : "Not liked", rejected: state.rejected ? "Rejected" : "Not rejected",
      rating: state.rating ? `${state.rating} of 5 stars` : "No stars" };
    this.announce(words[name]);
    // To take a mark away is no decision to go on after.
    const decides = Boolean(change[name]);
    if (decides && this.viewer.open && this.goesOn) this.turnTo(1);
  }

  // Choosing and comparing

  pick(id, isPicked = !this.picked.has(id)) {
    if (isPicked) this.picked.add(id);
    else this.picked.delete(id);
    this.dress(id);
    this.tellPicked();
  }

  pickTo(id) {
    const ends = [this.order.indexOf(this.focused), this.order.indexOf(id)].sort((a, b) => a - b);
    for (const one of this.order.slice(ends[0], ends[1] + 1)) {
      this.picked.add(one);
      this.dress(one);
    }
    this.tellPicked();
  }

  tellPicked() {
    clearTimeout(this.picking);
    this.announce(this.picked.size === 1 ? "1 picture chosen" : `${this.picked.size} pictures chosen`);
    this.picking = setTimeout(() => this.leave({ do: "pick", ids: [...this.picked] }), 500);
  }

  compare(id) {
    if (this.compared.has(id)) this.compared.delete(id);
    else if (this.compared.size >= MOST_COMPARED) {
      this.announce(`At most ${MOST_COMPARED} pictures are compared. Press C on one of them to leave it out.`);
      return;
    } else this.compared.add(id);
    this.dress(id);
    const count = this.compared.size;
    if (!count) this.announce("");
    else this.announce(count === 1 ? "1 picture to compare; mark another with C." : `${count} pictures to compare: Shift and C.`);
  }

  compareNow() {
    if (this.compared.size < 2) this.announce("Mark two to four pictures with C, then press Shift and C.");
    else this.leave({ do: "compare", ids: [...this.compared] });
  }

  // Going

  async leave(event) {
    await this.saver.settle();
    if (event.do !== "pick" && this.viewer.open) this.closeViewer();
    this.send("act", event);
  }

  async turnPage(step) {
    if (step < 0 ? !this.data.before : !this.data.after) {
      this.announce(step < 0 ? "This is the first page." : "This is the last page.");
      return;
    }
    this.announce("Turning the page …");
    await this.saver.settle();
    this.send("act", { do: "turn", step });
  }

  turnTo(step) {
    const next = this.order[this.order.indexOf(this.current) + step];
    if (!next) this.turnPage(step);
    else if (this.viewer.open) this.showLarge(next);
    else this.focus(next);
  }

  walk(key) {
    const here = this.order.indexOf(this.focused);
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns };
    const next = key === "Home" ? 0 : key === "End" ? this.order.length - 1 : here + steps[key];
    if (next >= 0 && next < this.order.length) this.focus(this.order[next]);
    else if (key === "ArrowRight" || key === "ArrowLeft") this.turnPage(Math.sign(steps[key]));
  }

  get columns() {
    const list = this.frame.querySelector(".grid");
    return getComputedStyle(list).gridTemplateColumns.split(" ").length;
  }

  onFocus(event) {
    const tile = event.target.closest(".tile");
    if (!tile) return;
    this.focused = tile.dataset.id;
    this.rove();
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, video") && (event.key === " " || event.key === "Tab")) return;
    const done = this.viewer.open ? this.keyInViewer(event) : this.keyOnTile(event);
    // Streamlit has keys of its own, R and C among them.
    if (done) event.preventDefault();
    if (done || event.key === "Enter" || event.key === "r") event.stopPropagation();
  }

  keyOnTile(event) {
    const onPick = event.target.closest(".pick");
    if (onPick && (event.key === " " || event.key === "Enter")) return false;
    if (/^(Arrow|Home$|End$)/.test(event.key)) {
      if (event.shiftKey && event.key.startsWith("Arrow")) this.pick(this.focused, true);
      this.walk(event.key);
      return true;
    }
    if (event.key === "Enter" && this.focused) {
      this.showLarge(this.focused);
      return true;
    }
    return this.does(event);
  }

  keyInViewer(event) {
    const onButton = event.target.closest("button");
    if (onButton && (event.key === "Enter" || event.key === " ") && !onButton.matches(".next, .previous")) return false;
    const turn = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (turn) this.turnTo(turn);
    else if (event.key === "+" || event.key === "=") this.zoom.by(1.4);
    else if (event.key === "-") this.zoom.by(1 / 1.4);
    else if (event.key.toLowerCase() === "f") this.zoom.reset();
    else if (event.key === "Escape") this.closeViewer();
    else if (event.key === "Enter") return false;
    else return this.does(event);
    return true;
  }

  onClick(event) {
    const tile = event.target.closest(".tile");
    if (!tile) return;
    const { id } = tile.dataset;
    if (event.shiftKey) this.pickTo(id);
    else if (event.target.closest(".pick") || event.ctrlKey || event.metaKey) this.pick(id);
    else this.showLarge(id);
  }

  // One by one

  get goesOn() {
    const box = this.viewer.querySelector(".onward input");
    return Boolean(box && box.checked);
  }

  showLarge(id) {
    if (!id) return;
    const act = this.viewer.contains(this.root.activeElement) && this.root.activeElement.dataset.act;
    this.large = this.focused = id;
    this.rove();
    const tile = this.tiles.get(id);
    const place = this.order.indexOf(id);
    this.viewer.replaceChildren(...drawViewer(tile, place, this.order.length));
    const box = this.viewer.querySelector(".onward input");
    box.checked = localStorage.getItem(ONWARD) !== "no";
    box.addEventListener("change", () => localStorage.setItem(ONWARD, box.checked ? "yes" : "no"));
    this.zoom = new Zoom(this.viewer.querySelector(".stage"));
    const image = this.zoom.image;
    if (image) this.sharpen(image, tile);
    dressViewer(this.viewer, this.states.get(id));
    if (!this.viewer.open) this.viewer.showModal();
    const stays = act && this.viewer.querySelector(`[data-act="${act}"]`);
    (stays || this.viewer.querySelector(".next")).focus();
    const next = this.tiles.get(this.order[place + 1]);
    if (next && !next.film) new Image().src = picture(next.blob, 800);
  }

  // The stage may hold more pixels than the small picture has; the original comes when it is wanted.
  sharpen(image, tile) {
    image.dataset.original = new URL(picture(tile.blob, "original"), location.href).href;
    const box = this.viewer.getBoundingClientRect();
    const wanted = Math.max(box.width, box.height) * (window.devicePixelRatio || 1);
    if (wanted <= 800 || tile.heavy) return;
    image.addEventListener("load", () => {
      const whole = new Image();
      whole.addEventListener("load", () => {
        if (image.isConnected) image.src = whole.src;
      }, { once: true });
      whole.src = image.dataset.original;
    }, { once: true });
  }

  onViewerClick(event) {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const id = this.large;
    const state = this.states.get(id);
    const rating = Number(button.dataset.value);
    ({
      close: () => this.closeViewer(),
      previous: () => this.turnTo(-1),
      next: () => this.turnTo(1),
      like: () => this.judge(id, { liked: !state.liked }),
      reject: () => this.judge(id, { rejected: !state.rejected }),
      rate: () => this.judge(id, { rating: state.rating === rating ? null : rating }),
      undo: () => this.undo(),
      fit: () => this.zoom.reset(),
      in: () => this.zoom.by(1.4),
      out: () => this.zoom.by(1 / 1.4),
      details: () => this.leave({ do: "details", id }),
    })[button.dataset.act]();
  }

  // The browser goes back to the picture that was opened, not to the one that was looked at last. That is put right
  // at once: the next key may come before the event that tells of the closing.
  closeViewer() {
    if (this.viewer.open) this.viewer.close();
    this.viewer.replaceChildren();
    this.focus(this.large);
  }

  onClosed() {
    if (this.viewer.firstChild) this.closeViewer(); // by the browser's own way
  }
}
