// What came of a request: a refusal that is no part of the page is said beside it, and takes nothing away;
// what was saved is announced, and the focus stays where the form was.

import { restore, typedBeside } from "./typed.js";

const said = document.getElementById("said");
const done = document.getElementById("done");
let failed = ""; // the method of the request that the sentence is about

function say(sentence, ctx) {
  const line = document.createElement("p");
  line.className = "refused";
  line.textContent = sentence;
  said.replaceChildren(line);
  failed = ctx.request.method;
}

function idsAround(element) {
  const found = [];
  for (let each = element.closest("[id]"); each; each = each.parentElement?.closest("[id]")) found.push(each.id);
  return found;
}

// The innermost part that is still there: itself if it takes focus, else its heading.
function place(ids) {
  for (const id of ids) {
    const part = document.getElementById(id);
    const found = part?.hasAttribute("tabindex") ? part : part?.querySelector("h1, h2, h3");
    if (found) return found;
  }
  return null;
}

function focusOn(element) {
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus();
}

document.addEventListener("htmx:before:request", () => {
  done.textContent = ""; // or the same word again would not be announced
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  ctx.around = idsAround(ctx.sourceElement); // most of it is gone after the swap
  ctx.typed = typedBeside(ctx.sourceElement.closest("form"));
  const main = tasks.find((each) => each.type === "main");
  if (!ctx.select || main?.fragment.childElementCount) return;
  event.preventDefault(); // or htmx would put nothing in the place of its target
  say(said.dataset.unanswered, ctx);
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx) say(said.dataset.unanswered, ctx);
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const { method } = ctx.request;
  if (method !== "GET") restore(ctx.typed);
  if (ctx.hx.retarget) failed = method;
  // What is fetched by itself does not wipe away why something was not saved.
  else if (method !== "GET" || failed === "GET") said.replaceChildren();
  const refusal = document.getElementById("refusal");
  const part = ctx.select && document.querySelector(ctx.select);
  if (part?.contains(refusal)) refusal.focus(); // one from before stays where it is, and so does the focus
  else if (method !== "GET" && document.activeElement === document.body) focusOn(place(ctx.around) ?? document.body);
  if (method !== "GET" && ctx.response.raw.redirected) done.textContent = done.dataset.saved;
});
