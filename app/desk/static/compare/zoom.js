// Zoom and pan, the same on all stages: the wheel or + and - zoom, dragging moves.

const MOST = 12;

export function zoomable() {
  const stages = [];
  let scale = 1;
  let x = 0;
  let y = 0;

  function apply() {
    for (const stage of stages) {
      const mirror = stage.classList.contains("mirrored") ? " scaleX(-1)" : "";
      for (const layer of stage.children) {
        const own = layer.tagName === "svg" ? "" : mirror;
        layer.style.transform = scale === 1 ? "" : `translate(${x * 100}%, ${y * 100}%) scale(${scale})${own}`;
      }
      stage.classList.toggle("zoomed", scale > 1);
    }
  }

  function zoomTo(wanted, atX = 0.5, atY = 0.5) {
    const next = Math.max(1, Math.min(MOST, wanted));
    // What lies under the pointer stays there.
    x = atX - 0.5 - ((atX - 0.5 - x) * next) / scale;
    y = atY - 0.5 - ((atY - 0.5 - y) * next) / scale;
    scale = next;
    keepInside();
  }

  function keepInside() {
    const most = (scale - 1) / 2;
    x = Math.max(-most, Math.min(most, x));
    y = Math.max(-most, Math.min(most, y));
    apply();
  }

  function watch(stage) {
    stages.push(stage);
    stage.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && scale === 1 && event.deltaY > 0) return;
      event.preventDefault();
      const box = stage.getBoundingClientRect();
      const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      zoomTo(scale * (event.deltaY < 0 ? 1.25 : 0.8), ...at);
    }, { passive: false });
    stage.addEventListener("pointerdown", (event) => {
      if (scale === 1) return;
      stage.setPointerCapture(event.pointerId);
      const box = stage.getBoundingClientRect();
      const move = (moved) => {
        x += moved.movementX / box.width;
        y += moved.movementY / box.height;
        keepInside();
      };
      stage.addEventListener("pointermove", move);
      stage.addEventListener("pointerup", () => stage.removeEventListener("pointermove", move), { once: true });
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "+" || event.key === "=") zoomTo(scale * 1.25);
    else if (event.key === "-") zoomTo(scale * 0.8);
    else if (event.key === "0") zoomTo(1);
  });

  return { watch, reset: () => zoomTo(1) };
}
