// How the board looks: plain data in, nodes out. Texts are set as text, never as HTML.

const HELP = "Arrow keys go from picture to picture. L likes, X rejects, 1 to 5 give stars, 0 takes them away. Space or N "
  + "goes to the next. S chooses, C marks to compare, Shift and C compares. Enter shows the picture large, D its details. "
  + "Z takes back. Page Up and Page Down turn the page.";
const KEYS = [["L", "like"], ["X", "reject"], ["1–5", "stars"], ["0", "no stars"], ["N", "next"], ["Z", "undo"],
  ["S", "choose"], ["C", "compare"], ["Enter", "large"], ["D", "details"]];
const STARS = [1, 2, 3, 4, 5];

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
const picture = (blob, size) => `/blobs/${encodeURIComponent(blob)}/${size}`;

function drawBoard(data) {
  const list = make("ul", { className: "grid", "aria-label": "Pictures", "aria-describedby": "help" });
  for (const tile of data.tiles) list.append(drawTile(tile));
  const keys = make("p", { className: "keys", "aria-hidden": "true" });
  for (const [key, word] of KEYS) keys.append(make("span", {}, make("kbd", { text: key }), ` ${word}`));
  return [make("p", { className: "unseen", id: "help", text: HELP }), list, keys];
}

function drawTile(tile) {
  const open = make("button", { className: "open", type: "button", tabindex: "-1" });
  open.append(make("img", { src: picture(tile.blob, 400), alt: "", loading: "lazy", decoding: "async",
    draggable: "false" }), make("span", { className: "marks" }));
  const pick = make("button", { className: "pick", type: "button", tabindex: "-1", role: "checkbox",
    "aria-checked": "false", "aria-label": `Choose ${tile.name}` }, icon("check"));
  const node = make("li", { className: "tile", dataset: { id: tile.id } }, open, pick,
    make("span", { className: "name", text: tile.name, title: tile.name, "aria-hidden": "true" }));
  return node;
}

// What was made of a picture, on its tile.
function dressTile(node, tile, state, isPicked, isCompared) {
  node.classList.toggle("liked", state.liked);
  node.classList.toggle("rejected", state.rejected);
  node.classList.toggle("picked", isPicked);
  node.classList.toggle("compared", isCompared);
  const marks = node.querySelector(".marks");
  marks.replaceChildren(...[
    tile.film && badge("movie", "film"),
    tile.drafts && badge("send", "drafted"),
    isCompared && badge("compare", "comparing"),
    state.rejected && badge("block", "no"),
    state.liked && badge("favorite", "yes"),
    state.rating && make("span", { className: "badge stars" }, icon("star"), make("span", { text: `${state.rating}` })),
  ].filter(Boolean));
  node.querySelector(".open").setAttribute("aria-label", spoken(tile, state, isCompared));
  node.querySelector(".pick").setAttribute("aria-checked", String(isPicked));
}

const badge = (name, kind) => make("span", { className: `badge ${kind}` }, icon(name));

function spoken(tile, state, isCompared) {
  const stars = state.rating && `${state.rating} ${state.rating === 1 ? "star" : "stars"}`;
  return [tile.name, state.liked && "liked", state.rejected && "rejected", stars, tile.drafts && "in a draft",
    isCompared && "marked to compare", tile.film && "film"].filter(Boolean).join(", ");
}

function drawViewer(tile, place, count) {
  const close = action("close", "Close", "close");
  const head = make("header", {}, make("span", { className: "where", text: `${place + 1} of ${count}` }),
    make("strong", { text: tile.name }), make("span", { className: "gap" }),
    action("zoom_out", "Smaller", "out"), action("fit_screen", "Whole picture (F)", "fit"),
    action("zoom_in", "Larger", "in"), close);
  const stage = make("div", { className: "stage" });
  if (tile.film) {
    stage.append(make("video", { src: picture(tile.blob, "original"), controls: true, loop: true,
      poster: picture(tile.blob, 800), "aria-label": tile.name }));
  } else {
    stage.append(make("img", { src: picture(tile.blob, 800), alt: tile.name, draggable: "false" }));
  }
  const stars = make("span", { className: "rate", role: "group", "aria-label": "Stars" });
  for (const number of STARS) stars.append(action("star", `${number} ${number === 1 ? "star" : "stars"}`, "rate", number));
  const bar = make("div", { className: "bar" }, action("chevron_left", "Previous", "previous"),
    action("block", "Reject (X)", "reject"), stars, action("favorite", "Like (L)", "like"),
    action("undo", "Undo (Z)", "undo"), action("chevron_right", "Next (N)", "next"));
  const on = make("label", { className: "onward" }, make("input", { type: "checkbox" }), "Go on after each mark");
  const facts = make("p", { className: "facts", text: tile.facts });
  const details = make("button", { type: "button", className: "details", text: "Details (D)", dataset: { act: "details" } });
  const foot = make("footer", {}, bar, make("div", { className: "line" }, on, details), facts,
    tile.prompt && make("p", { className: "prompt", text: tile.prompt }));
  return [head, stage, foot];
}

function action(name, label, act, value) {
  return make("button", { type: "button", className: `act ${act}`, title: label, "aria-label": label,
    dataset: { act, ...(value === undefined ? {} : { value }) } }, icon(name));
}

function dressViewer(viewer, state) {
  const press = (selector, is) => {
    const node = viewer.querySelector(selector);
    if (node) node.setAttribute("aria-pressed", String(is));
  };
  press(".like", state.liked);
  press(".reject", state.rejected);
  for (const node of viewer.querySelectorAll(".rate button")) {
    node.setAttribute("aria-pressed", String(Number(node.dataset.value) <= (state.rating || 0)));
  }
  viewer.querySelector(".stage").classList.toggle("rejected", state.rejected);
}
