// Zoom and pan in step on all stages: the wheel or + and - zoom, dragging or Shift with an arrow moves.

const MOST = 16;
const STEP = 1.25;
const PAN = 0.1;
const ARROWS = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] };

export class Zoom {
  constructor(stages) {
    this.stages = stages;
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    for (const stage of stages) this.watch(stage);
  }

  in() { this.to(this.scale * STEP); }
  out() { this.to(this.scale / STEP); }
  reset() { this.to(1); }

  // Zooms so that what lies at a place (shares of the stage) stays there.
  to(wanted, atX = 0.5, atY = 0.5) {
    const next = Math.max(1, Math.min(MOST, wanted));
    this.x = atX - 0.5 - ((atX - 0.5 - this.x) * next) / this.scale;
    this.y = atY - 0.5 - ((atY - 0.5 - this.y) * next) / this.scale;
    this.scale = next;
    this.move(0, 0);
  }

  move(byX, byY) {
    const most = (this.scale - 1) / 2;
    this.x = Math.max(-most, Math.min(most, this.x + byX));
    this.y = Math.max(-most, Math.min(most, this.y + byY));
    for (const stage of this.stages) {
      const moved = `translate(${this.x * 100}%, ${this.y * 100}%) scale(${this.scale})`;
      stage.querySelector(".plane").style.transform = this.scale === 1 ? "" : moved;
      stage.classList.toggle("zoomed", this.scale > 1);
    }
  }

  // Moves by an arrow key; says whether there was anything to move.
  arrow(key) {
    if (this.scale === 1 || !ARROWS[key]) return false;
    this.move(...ARROWS[key]);
    return true;
  }

  watch(stage) {
    stage.addEventListener("wheel", (event) => {
      // A page that is scrolled over a picture goes on scrolling.
      if (!event.ctrlKey && this.scale === 1) return;
      event.preventDefault();
      const box = stage.getBoundingClientRect();
      const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      this.to(this.scale * (event.deltaY < 0 ? STEP : 1 / STEP), ...at);
    }, { passive: false });
    stage.addEventListener("pointerdown", (event) => {
      if (this.scale === 1) return;
      stage.setPointerCapture(event.pointerId);
      const box = stage.getBoundingClientRect();
      const drag = (moved) => this.move(moved.movementX / box.width, moved.movementY / box.height);
      const end = () => stage.removeEventListener("pointermove", drag);
      stage.addEventListener("pointermove", drag);
      for (const type of ["pointerup", "pointercancel"]) stage.addEventListener(type, end, { once: true });
    });
  }
}
