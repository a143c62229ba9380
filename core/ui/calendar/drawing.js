// How the calendar looks: plain data in, nodes out. Texts are set as text, never as HTML.

const ICONS = {
  draft: "edit_note", foreseen: "event_repeat", scheduled: "schedule", held: "pause_circle",
  under_way: "hourglass_top", published: "check_circle", failed: "error",
};
const HELP = "Arrow keys go from post to post, Enter opens one. Space picks up a post; then arrow keys choose where, "
  + "Enter puts it there and Escape leaves it where it was. U takes the last move back. Page Up and Page Down turn "
  + "the page.";
const HINT = "Drag a scheduled post to where it belongs, or press Space on it and use the arrow keys.";

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

// The name is drawn by the style sheet, so that it is no text to be read or copied.
const icon = (name) => make("span", { className: "icon", "aria-hidden": "true", dataset: { icon: name } });

class Drawing {
  constructor(data) {
    this.data = data;
    this.long = new Map(data.days.map((day) => [day.date, day.long]));
    // On a narrow screen the days before today would come first, and nobody is looking for them.
    this.isFolding = (data.span === "month" || data.span === "week") && data.days.some((day) => day.today);
  }

  all() {
    const parts = [make("p", { className: "unseen", id: "help", text: HELP })];
    if (this.data.drafts) parts.push(this.drawDrafts());
    if (this.isFolding && this.data.days[0].past) parts.push(make("button", { className: "earlier", type: "button",
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
      "aria-label": `${more} more on ${this.long.get(date)}`, dataset: { open: date } });
  }

  drawTile(tile, size) {
    const movable = !tile.fixed;
    const tips = [tile.said, tile.note, tile.fixed].filter(Boolean).join("\n");
    const node = make("a", { className: `tile ${size} ${tile.kind}${movable ? " movable" : ""}`, tabindex: "-1",
      href: `/content?open=${encodeURIComponent(tile.id)}`, draggable: movable ? "true" : "false", title: tips,
      "aria-label": `${spoken(tile)}${movable ? ". Can be moved." : ""}`,
      dataset: { id: tile.id } });
    if (tile.color) node.style.setProperty("--own", tile.color);
    if (tile.cover) node.append(make("img", { src: `/blobs/${tile.cover}/150`, alt: "", loading: "lazy",
      draggable: "false" }));
    const first = make("span", { className: "when" }, icon(ICONS[tile.kind]), make("span", { text: tile.when }));
    const words = make("span", { className: "words" }, tile.when && first, " ", make("span", { className: "title" },
      tile.color && make("i", { className: "dot", "aria-hidden": "true" }), make("span", { text: tile.title })));
    node.append(words);
    if (size === "wide") {
      node.append(" ", make("span", { className: "word", text: tile.word }), " ",
        make("span", { className: "who", text: tile.who }));
      if (tile.note) words.append(" ", make("span", { className: "note", text: tile.note }));
    }
    return node;
  }
}

// Begins with what can be seen, in its order: people who speak to their browser say what they read.
function spoken(tile) {
  if (!tile.word) return `${tile.title}, draft without a time`;
  return [`${tile.when} ${tile.title}`.trim(), tile.note, tile.word, tile.who].filter(Boolean).join(", ");
}

function names(first, day, ...more) {
  return [first, day.today && "today", day.past && "past", day.outside && "outside", ...more].filter(Boolean).join(" ");
}
