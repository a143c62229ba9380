// Draws the calendar from plain data and tells the server what a person did with it. Texts are set as text, never
// as HTML. What outlives a redraw (which post has the focus, what is being moved) is kept per board.

const boards = new WeakMap();
const ICONS = {
  draft: "edit_note", foreseen: "event_repeat", scheduled: "schedule", held: "pause_circle",
  under_way: "hourglass_top", published: "check_circle", failed: "error",
};
const HELP = "Arrow keys go from post to post, Enter opens one. Space picks up a post; then arrow keys choose where, "
  + "Enter puts it there and Escape leaves it where it was. U takes the last move back. Page Up and Page Down turn "
  + "the page.";
const HINT = "Drag a scheduled post to where it belongs, or press Space on it and use the arrow keys.";
const READING_TIME = 12000;

export default function (component) {
  const root = component.parentElement;
  let board = boards.get(root);
  if (!board) {
    board = new Board(root);
    boards.set(root, board);
  }
  board.show(component.data, (name, value) => component.setTriggerValue(name, value));
}

function make(tag, properties = {}, ...children) {
  const { className, text, dataset, ...attributes } = properties;
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  Object.assign(node.dataset, dataset || {});
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

const icon = (name) => make("span", { className: "icon", text: name, "aria-hidden": "true" });

class Board {
  constructor(root) {
    this.root = root;
    this.frame = root.querySelector(".frame");
    this.status = root.querySelector(".status");
    this.focused = null; // the post that has, or had, the focus
    this.lifted = null; // {id, day, hour, draft}: what is being moved by keyboard
    this.dragged = null; // the tile under the mouse
    this.waiting = null; // data that came while something was dragged
    this.said = 0;
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
    this.frame.addEventListener("click", (event) => this.onClick(event));
    this.frame.addEventListener("focusin", (event) => this.onFocus(event));
    this.frame.addEventListener("dragstart", (event) => this.onDragStart(event));
    this.frame.addEventListener("dragover", (event) => this.onDragOver(event));
    this.frame.addEventListener("dragleave", (event) => this.onDragLeave(event));
    this.frame.addEventListener("drop", (event) => this.onDrop(event));
    this.frame.addEventListener("dragend", () => this.onDragEnd());
    this.undo = make("button", { type: "button", text: "Undo" });
    this.undo.addEventListener("click", () => this.takeBack());
  }

  show(data, send) {
    this.send = send;
    if (this.dragged) {
      this.waiting = data;
      return;
    }
    const hadFocus = this.root.activeElement !== null;
    this.data = data;
    this.days = new Map(data.days.map((day) => [day.date, day]));
    this.frame.replaceChildren(...this.draw());
    if (this.lifted && !this.tile(this.lifted.id)) this.lifted = null;
    this.rove(this.tile(this.focused) || this.tiles()[0]);
    // On another page of the calendar the keys still belong to it.
    if (hadFocus) (this.tile(this.focused) || this.frame).focus({ preventScroll: true });
    if (data.said && data.said.number !== this.said) {
      this.said = data.said.number;
      this.announce(data.said.text, data.said.undo);
    }
    if (this.lifted) this.aim(this.lifted.day, this.lifted.hour);
  }

  // Drawing

  draw() {
    const parts = [make("p", { className: "unseen", id: "help", text: HELP })];
    if (this.data.drafts) parts.push(this.drawDrafts());
    const isGrid = this.data.span === "month" || this.data.span === "week";
    const hides = isGrid && this.data.days.some((day) => day.today) && this.data.title !== this.unfolded;
    this.frame.classList.toggle("from-today", hides);
    if (hides && this.data.days[0].past) parts.push(make("button", { className: "earlier", type: "button",
      text: "Show the days before today" }));
    if (this.data.span === "month") parts.push(this.drawMonth());
    else if (this.data.span === "week") parts.push(this.drawWeek());
    else parts.push(this.drawList());
    if (parts.at(-1).querySelector(".movable")) parts.push(make("p", { className: "hint", text: HINT }));
    return parts;
  }

  drawDrafts() {
    const { tiles, more } = this.data.drafts;
    const strip = make("div", { className: "strip", role: "group", "aria-label": "Drafts without a time" });
    strip.append(make("span", { className: "rest", text: tiles.length ? "Put onto a day:" : "No draft waits." }));
    for (const tile of tiles) strip.append(this.drawTile(tile, "chip"));
    if (more) strip.append(make("span", { className: "rest", text: `and ${more.toLocaleString("en")} more` }));
    return strip;
  }

  drawMonth() {
    const grid = make("div", { className: "month", role: "group", "aria-label": this.data.title,
      "aria-describedby": "help" });
    for (const name of this.data.weekdays) grid.append(make("div", { className: "weekday", text: name,
      "aria-hidden": "true" }));
    for (const day of this.data.days) {
      const cell = this.drawDay(day);
      for (const tile of day.tiles) cell.append(this.drawTile(tile, "small"));
      if (day.more) cell.append(this.drawMore(day.date, day.more));
      grid.append(cell);
    }
    return grid;
  }

  drawWeek() {
    const grid = make("div", { className: "week", role: "group", "aria-label": this.data.title,
      "aria-describedby": "help" });
    grid.append(make("div", { className: "corner", "aria-hidden": "true" }));
    for (const day of this.data.days) {
      grid.append(make("div", { className: names("weekday", day) }, this.drawHeading(day, day.name)));
    }
    for (let hour = 0; hour < 24; hour += 1) {
      const label = `${String(hour).padStart(2, "0")}:00`;
      grid.append(make("div", { className: "hour", text: label, "aria-hidden": "true" }));
      for (const day of this.data.days) grid.append(this.drawHour(day, hour, label));
    }
    return grid;
  }

  drawHour(day, hour, label) {
    const held = day.hours[hour] || { tiles: [], more: 0 };
    const isNow = day.now === hour;
    const cell = make("div", { className: names("slot", day, isNow && "now", held.tiles.length && "filled"),
      role: "group", "aria-label": `${day.long}, ${label}`, dataset: { day: day.date, hour } });
    const closed = day.closed.find((one) => one.from < (hour + 1) / 24 && one.to > hour / 24);
    if (closed) {
      cell.classList.add("shut");
      cell.title = closed.text;
    }
    if (held.tiles.length) cell.append(make("div", { className: "whose", text: `${day.name} ${day.number}, ${label}`,
      "aria-hidden": "true" }));
    for (const tile of held.tiles) cell.append(this.drawTile(tile, "small"));
    if (held.more) cell.append(this.drawMore(day.date, held.more));
    return cell;
  }

  drawList() {
    const list = make("div", { className: "list", role: "group", "aria-label": this.data.title,
      "aria-describedby": "help" });
    for (const day of this.data.days) {
      if (!day.tiles.length && !day.always) continue;
      const cell = make("section", { className: names("day", day), "aria-label": day.long,
        dataset: { day: day.date } }, make("h3", {}, make("span", { text: day.long }),
        day.today && make("span", { className: "badge", text: "Today" })));
      // Nights would be told of on every day of a month.
      const closed = day.closed.filter((one) => day.always || (one.from <= 0 && one.to >= 1));
      for (const one of closed) cell.append(make("p", { className: "closed" }, icon("block"),
        make("span", { text: one.text })));
      for (const tile of day.tiles) cell.append(this.drawTile(tile, "wide"));
      list.append(cell);
    }
    return list;
  }

  drawDay(day) {
    const label = `${day.long}${day.today ? ", today" : ""}: ${day.total === 1 ? "1 post" : `${day.total} posts`}`;
    const cell = make("section", { className: names("day", day, !day.total && "bare"), "aria-label": label,
      dataset: { day: day.date } }, this.drawHeading(day, ""));
    const whole = day.closed.find((one) => one.from <= 0 && one.to >= 1);
    if (whole) cell.append(make("p", { className: "closed", title: whole.text }, icon("block"),
      make("span", { text: whole.name })));
    else if (day.closed.length) cell.append(this.drawClosed(day.closed));
    return cell;
  }

  drawHeading(day, name) {
    const number = make("button", { className: "number", type: "button", tabindex: "-1", dataset: { open: day.date },
      "aria-label": `Open ${day.long}`, title: day.long }, name ? make("span", { text: `${name} ` }) : make("span", { className: "full", text: day.long }),
      make("b", { text: day.number }));
    const head = make("div", { className: "head" }, number);
    if (day.today) head.append(make("span", { className: "badge", text: "Today" }));
    if (day.total) head.append(make("span", { className: "count", text: day.total.toLocaleString("en"),
      title: day.total === 1 ? "1 post" : `${day.total} posts` }));
    return head;
  }

  drawClosed(closed) {
    const bar = make("div", { className: "shutter", role: "img", title: closed.map((one) => one.text).join("\n"),
      "aria-label": closed.map((one) => one.text).join(", ") });
    for (const one of closed) {
      const part = make("span");
      part.style.left = `${one.from * 100}%`;
      part.style.width = `${(one.to - one.from) * 100}%`;
      bar.append(part);
    }
    return bar;
  }

  drawMore(date, more) {
    return make("button", { className: "more", type: "button", tabindex: "-1", text: `+${more.toLocaleString("en")} more`,
      "aria-label": `${more} more on ${this.days.get(date).long}`, dataset: { open: date } });
  }

  drawTile(tile, size) {
    const movable = !tile.fixed;
    const tips = [tile.said, tile.note, tile.fixed].filter(Boolean).join("\n");
    const node = make("a", { className: `tile ${size} ${tile.kind}${movable ? " movable" : ""}`, tabindex: "-1",
      href: `/content?open=${encodeURIComponent(tile.id)}`, draggable: movable ? "true" : "false", title: tips,
      "aria-label": `${tile.said}${tile.note ? `. ${tile.note}` : ""}${movable ? ". Can be moved." : ""}`,
      dataset: { id: tile.id } });
    if (tile.color) node.style.setProperty("--own", tile.color);
    if (tile.cover) node.append(make("img", { src: `/blobs/${tile.cover}/150`, alt: "", loading: "lazy",
      draggable: "false" }));
    const first = make("span", { className: "when" }, icon(ICONS[tile.kind]), make("span", { text: tile.when }));
    const words = make("span", { className: "words" }, tile.when && first, make("span", { className: "title" },
      tile.color && make("i", { className: "dot", "aria-hidden": "true" }), make("span", { text: tile.title })));
    node.append(words);
    if (size === "wide") {
      node.append(make("span", { className: "word", text: tile.word }),
        make("span", { className: "who", text: tile.who }));
      if (tile.note) words.append(make("span", { className: "note", text: tile.note }));
    }
    return node;
  }

  // Finding

  tiles() {
    return [...this.frame.querySelectorAll(".tile")];
  }

  tile(id) {
    return id ? this.tiles().find((node) => node.dataset.id === id) : undefined;
  }

  facts(id) {
    const all = [...(this.data.drafts ? this.data.drafts.tiles : [])];
    for (const day of this.data.days) {
      all.push(...day.tiles, ...Object.values(day.hours || {}).flatMap((hour) => hour.tiles));
    }
    return all.find((tile) => tile.id === id);
  }

  place(node) {
    const cell = node.closest("[data-day]");
    return cell ? { day: cell.dataset.day, hour: cell.dataset.hour === undefined ? null : +cell.dataset.hour } : null;
  }

  cell(day, hour) {
    const which = hour === null ? `[data-day="${day}"]` : `[data-day="${day}"][data-hour="${hour}"]`;
    return this.frame.querySelector(which);
  }

  // One tile is in the order of the Tab key; the arrow keys go on from there.
  rove(node) {
    for (const other of this.frame.querySelectorAll('.tile[tabindex="0"]')) other.tabIndex = -1;
    if (node) node.tabIndex = 0;
  }

  announce(text, canUndo = false) {
    clearTimeout(this.fading);
    this.status.textContent = text;
    this.undo.remove();
    if (canUndo) this.status.after(this.undo);
    if (text && !this.lifted) this.fading = setTimeout(() => this.announce(""), READING_TIME);
  }

  takeBack() {
    if (!this.undo.isConnected) return;
    this.announce("Taking it back …");
    this.send("act", { do: "undo" });
  }

  // Mouse

  onClick(event) {
    if (event.target.closest(".earlier")) {
      this.unfolded = this.data.title;
      this.frame.classList.remove("from-today");
      return;
    }
    const opener = event.target.closest("[data-open]");
    if (opener) {
      this.send("act", { do: "day", day: opener.dataset.open });
      return;
    }
    const tile = event.target.closest(".tile");
    if (!tile || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.send("act", { do: "open", id: tile.dataset.id });
  }

  onDragStart(event) {
    const tile = event.target.closest(".tile");
    if (!tile || !tile.classList.contains("movable")) {
      event.preventDefault();
      return;
    }
    this.letGo();
    this.dragged = { id: tile.dataset.id, from: this.place(tile) };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", tile.querySelector(".title").textContent);
    tile.classList.add("lifted");
  }

  onDragOver(event) {
    const cell = this.dragged && event.target.closest("[data-day]");
    if (!cell || this.days.get(cell.dataset.day).past) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    this.mark(cell);
  }

  onDragLeave(event) {
    if (!event.relatedTarget || !this.frame.contains(event.relatedTarget)) this.mark(null);
  }

  onDrop(event) {
    const cell = this.dragged && event.target.closest("[data-day]");
    if (!cell) return;
    event.preventDefault();
    const { id, from } = this.dragged;
    const { day, hour } = this.place(cell);
    this.dragged = null;
    this.mark(null);
    this.waiting = null;
    this.put(id, from, day, hour);
  }

  onDragEnd() {
    const data = this.waiting;
    this.dragged = null;
    this.waiting = null;
    this.mark(null);
    for (const tile of this.frame.querySelectorAll(".tile.lifted")) tile.classList.remove("lifted");
    if (data) this.show(data, this.send);
  }

  mark(cell) {
    for (const other of this.frame.querySelectorAll(".target")) if (other !== cell) other.classList.remove("target");
    if (cell) cell.classList.add("target");
  }

  // Keyboard

  onFocus(event) {
    const tile = event.target.closest(".tile");
    if (!tile) return;
    this.focused = tile.dataset.id;
    this.rove(tile);
  }

  onKey(event) {
    const tile = event.target.closest(".tile");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const done = this.lifted ? this.keyWhileLifted(event) : this.keyOnTile(event, tile);
    if (done) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter") {
      event.stopPropagation(); // a link or a button of the board, no shortcut of the screen
    }
  }

  keyOnTile(event, tile) {
    const turn = { PageUp: -1, PageDown: 1 }[event.key];
    if (turn) {
      this.send("act", { do: "turn", step: turn });
      return true;
    }
    if (!tile) return false;
    const step = steps(event.key);
    if (event.key === " " || (event.shiftKey && step)) {
      this.lift(tile);
      if (this.lifted && step) this.carry(step);
      return true;
    }
    if (step) this.walk(tile, step);
    else if (event.key === "Home" || event.key === "End") this.tiles().at(event.key === "Home" ? 0 : -1).focus();
    else if (event.key === "Enter") this.send("act", { do: "open", id: tile.dataset.id });
    else if (event.key === "u") this.takeBack();
    else return false;
    return true;
  }

  keyWhileLifted(event) {
    const step = steps(event.key);
    if (step) this.carry(step);
    else if (event.key === "Enter" || event.key === " ") this.drop();
    else if (event.key === "Escape") {
      const title = this.facts(this.lifted.id).title;
      this.letGo();
      this.announce(`“${title}” stays where it was.`);
    } else return event.key !== "Tab" && event.key.length > 1 ? false : this.letGo();
    return true;
  }

  walk(tile, step) {
    const tiles = this.tiles();
    const here = this.place(tile);
    let next = null;
    if (step.days && here && this.data.span !== "list" && this.data.span !== "day") {
      const ahead = step.days > 0 ? tiles : tiles.reverse();
      next = ahead.find((other) => {
        const there = this.place(other);
        return there && (step.days > 0 ? there.day > here.day : there.day < here.day);
      });
      if (next && step.days < 0) next = tiles.reverse().find((other) => (this.place(other) || {}).day
        === this.place(next).day);
    } else {
      next = tiles[tiles.indexOf(tile) + (step.days || step.rows)];
    }
    if (next) next.focus();
  }

  lift(tile) {
    const facts = this.facts(tile.dataset.id);
    if (facts.fixed) {
      this.announce(`“${facts.title}” cannot be moved. ${facts.fixed}`);
      return;
    }
    const from = this.place(tile);
    const first = this.data.days.find((day) => !day.past) || this.data.days[0];
    const start = from || { day: first.date, hour: this.data.span === "week" ? 12 : null };
    this.lifted = { id: facts.id, from, ...start };
    this.aim(start.day, start.hour);
  }

  carry(step) {
    const { day, hour } = this.lifted;
    const dates = this.data.days.map((one) => one.date);
    const inWeek = this.data.span === "week";
    let place = dates.indexOf(day);
    let at = hour;
    if (step.days) place += step.days;
    else if (inWeek) at += step.rows;
    else place += step.rows * (this.data.span === "month" ? 7 : 1);
    if (place < 0 || place >= dates.length || (inWeek && (at < 0 || at > 23))) {
      this.announce("There is nothing further here. Page Up and Page Down turn the page once the post is put down.");
      return;
    }
    this.aim(dates[place], at);
  }

  aim(day, hour) {
    const lifted = this.lifted;
    Object.assign(lifted, { day, hour });
    const facts = this.facts(lifted.id);
    const tile = this.tile(lifted.id);
    for (const other of this.frame.querySelectorAll(".tile.lifted")) other.classList.remove("lifted");
    tile.classList.add("lifted");
    const cell = this.cell(day, hour);
    this.mark(cell);
    if (cell) cell.scrollIntoView({ block: "nearest" });
    const where = this.days.get(day).long + (hour === null ? "" : `, ${String(hour).padStart(2, "0")} h`);
    const past = this.days.get(day).past ? " (this day has passed)" : "";
    this.announce(`Moving “${facts.title}” to ${where}${past}. Enter puts it there, Escape leaves it.`);
  }

  drop() {
    const { id, from, day, hour } = this.lifted;
    this.letGo();
    this.put(id, from, day, hour);
  }

  letGo() {
    this.lifted = null;
    this.mark(null);
    for (const tile of this.frame.querySelectorAll(".tile.lifted")) tile.classList.remove("lifted");
    this.announce("");
    return true;
  }

  put(id, from, day, hour) {
    const facts = this.facts(id);
    if (from && from.day === day && from.hour === hour) {
      this.announce(`“${facts.title}” stays where it was.`);
      return;
    }
    this.focused = id;
    const tile = this.tile(id);
    tile.classList.add("leaving");
    this.announce(`Moving “${facts.title}” …`);
    // A draft with a time in mind is not scheduled yet: like one without, it is asked for its time.
    this.send("act", { do: facts.kind === "draft" ? "plan" : "move", id, day, hour, seen: facts.at || null });
  }
}

function steps(key) {
  return { ArrowLeft: { days: -1 }, ArrowRight: { days: 1 }, ArrowUp: { rows: -1 }, ArrowDown: { rows: 1 } }[key];
}

function names(first, day, ...more) {
  return [first, day.today && "today", day.past && "past", day.outside && "outside", ...more].filter(Boolean).join(" ");
}
