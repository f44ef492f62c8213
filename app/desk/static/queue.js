// The queue: keys to walk it, and rows that are fetched anew when something happens at the desk.

import { follow } from "./live.js";

const rows = () => [...document.querySelectorAll(".queue > li .title")];

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  all[next].focus();
  all[next].closest("li").scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  if (event.key === "j" || event.key === "ArrowDown") move(1);
  else if (event.key === "k" || event.key === "ArrowUp") move(-1);
  else if (event.key === "/") document.getElementById("search")?.focus();
  else return;
  event.preventDefault();
});

async function refresh() {
  if (!document.getElementById("rows")) return; // files were dropped: the upload page is here now
  const focused = document.activeElement?.closest(".queue > li")?.id;
  await htmx.ajax("GET", location.href, { target: "#rows", select: "#rows", swap: "outerMorph" });
  const count = document.querySelector("#rows")?.dataset.total;
  if (count) document.getElementById("count").textContent = count;
  if (focused && !document.activeElement?.closest(".queue")) document.querySelector(`#${CSS.escape(focused)} .title`)?.focus();
}

follow("#rows", () => true, refresh);
