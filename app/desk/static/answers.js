// What came of a request: a refusal that is no part of the page is said beside it, and takes nothing away.

const said = document.getElementById("said");
let failed = ""; // the method of the request that the sentence is about

function say(sentence, ctx) {
  const line = document.createElement("p");
  line.className = "refused";
  line.textContent = sentence;
  said.replaceChildren(line);
  failed = ctx.request.method;
}

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
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
  if (ctx.hx.retarget) failed = method;
  // What is fetched by itself does not wipe away why something was not saved.
  else if (method !== "GET" || failed === "GET") said.replaceChildren();
  const refusal = document.getElementById("refusal");
  const part = ctx.select && document.querySelector(ctx.select);
  if (part?.contains(refusal)) refusal.focus(); // one from before stays where it is, and so does the focus
});
