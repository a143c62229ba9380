// What hands and keys do on the calendar, and what the server is told of it. What outlives a redraw, such as the post
// that has the focus and the one in hand, is kept per board. Stands behind drawing.js in one module.

const boards = new WeakMap();
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
    const drawing = new Drawing(data);
    this.frame.replaceChildren(...drawing.all());
    this.frame.classList.toggle("from-today", drawing.isFolding && data.title !== this.unfolded);
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
    // A draft with a time in mind is not scheduled yet: like one without, it is asked for its time.
    const asks = facts.kind === "draft";
    if (!asks) {
      this.tile(id).classList.add("leaving");
      this.announce(`Moving “${facts.title}” …`);
    }
    this.send("act", { do: asks ? "plan" : "move", id, day, hour, seen: facts.at || null });
  }
}

function steps(key) {
  return { ArrowLeft: { days: -1 }, ArrowRight: { days: 1 }, ArrowUp: { rows: -1 }, ArrowDown: { rows: 1 } }[key];
}
