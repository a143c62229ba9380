// A picture that is looked at closely: wheel, pinch and keys zoom, dragging moves. 1 is the whole picture.

const MOST = 12;

class Zoom {
  constructor(stage) {
    this.stage = stage;
    this.pointers = new Map();
    this.reset();
    stage.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.onDown(event));
    stage.addEventListener("pointermove", (event) => this.onMove(event));
    for (const name of ["pointerup", "pointercancel"]) stage.addEventListener(name, (event) => this.onUp(event));
    stage.addEventListener("dblclick", (event) => (this.scale > 1 ? this.reset() : this.by(3, event)));
  }

  get image() {
    return this.stage.querySelector("img");
  }

  reset() {
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.draw();
  }

  by(factor, at) {
    const image = this.image;
    if (!image) return;
    const box = this.stage.getBoundingClientRect();
    const scale = Math.min(MOST, Math.max(1, this.scale * factor));
    // What is under the pointer stays under it.
    const px = at ? at.clientX - box.left - box.width / 2 : 0;
    const py = at ? at.clientY - box.top - box.height / 2 : 0;
    this.x = px - ((px - this.x) * scale) / this.scale;
    this.y = py - ((py - this.y) * scale) / this.scale;
    this.scale = scale;
    if (scale === 1) this.x = this.y = 0;
    if (scale > 1 && image.dataset.original && image.src !== image.dataset.original) image.src = image.dataset.original;
    this.draw();
  }

  draw() {
    const image = this.image;
    if (image) image.style.transform = this.scale === 1 ? "" : `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.stage.classList.toggle("close-up", this.scale > 1);
  }

  onWheel(event) {
    event.preventDefault();
    this.by(event.deltaY < 0 ? 1.2 : 1 / 1.2, event);
  }

  onDown(event) {
    if (!this.image) return;
    this.pointers.set(event.pointerId, event);
    this.stage.setPointerCapture(event.pointerId);
    this.swiped = this.scale === 1 && this.pointers.size === 1 ? event : null;
  }

  onMove(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    if (this.pointers.size === 2) {
      const other = [...this.pointers.values()].find((one) => one.pointerId !== event.pointerId);
      const was = Math.hypot(before.clientX - other.clientX, before.clientY - other.clientY);
      const is = Math.hypot(event.clientX - other.clientX, event.clientY - other.clientY);
      if (was) this.by(is / was, event);
    } else if (this.scale > 1) {
      this.x += event.clientX - before.clientX;
      this.y += event.clientY - before.clientY;
      this.draw();
    }
    this.pointers.set(event.pointerId, event);
  }

  onUp(event) {
    const from = this.swiped;
    this.pointers.delete(event.pointerId);
    this.swiped = null;
    if (!from || event.type !== "pointerup" || event.pointerType === "mouse") return;
    const across = event.clientX - from.clientX;
    if (Math.abs(across) > 60 && Math.abs(event.clientY - from.clientY) < 60) {
      this.stage.dispatchEvent(new CustomEvent("swipe", { detail: across < 0 ? 1 : -1, bubbles: true }));
    }
  }
}
