// On every page: times in the viewer's zone, keys, and forms that cannot be sent twice.

import "./answers.js";
import { typedBeside } from "./typed.js";

const SHORT = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const LONG = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const UTC_CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const UTC_DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const AGE = new Intl.RelativeTimeFormat(undefined, { style: "narrow", numeric: "auto" });
const STEPS = [[60, "second"], [60, "minute"], [24, "hour"], [30, "day"], [12, "month"], [Infinity, "year"]];

function age(at) {
  let left = (at - Date.now()) / 1000;
  for (const [size, unit] of STEPS) {
    if (Math.abs(left) < size) return AGE.format(Math.round(left), unit);
    left /= size;
  }
}

// What a clock in UTC shows then, with the day where that is another than here.
function inUtc(at) {
  const isSameDay = at.getDate() === at.getUTCDate();
  return isSameDay ? UTC_CLOCK.format(at) : `${UTC_DAY.format(at)}, ${UTC_CLOCK.format(at)}`;
}

function showTime(element) {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const utc = element.dataset.utc ??= element.textContent;
  const isThisYear = at.getFullYear() === new Date().getFullYear();
  const local = (isThisYear ? SHORT : LONG).format(at);
  element.title = `${LONG.format(at)} · ${utc}`;
  const utcClock = at.getTimezoneOffset() ? ` · ${inUtc(at)}` : "";
  element.textContent = "age" in element.dataset ? age(at) : `${local}${utcClock} UTC`;
}

export function showTimes(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) showTime(element);
}

// What was typed as a date and time comes back from the desk in UTC.
function showInstants() {
  for (const input of document.querySelectorAll("input[data-instant]")) {
    const at = new Date(input.dataset.instant);
    delete input.dataset.instant;
    if (Number.isNaN(at.getTime())) continue;
    input.value = new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }
}

// Without scripts a date and time is sent as it is typed, and read as UTC.
export function showZones(root = document) {
  for (const each of root.querySelectorAll("[data-zone]")) each.textContent = each.dataset.zone;
}

showTimes();
showInstants();
showZones();
document.addEventListener("htmx:after:swap", () => {
  showTimes();
  showInstants();
  showZones();
});
setInterval(() => {
  for (const element of document.querySelectorAll("time[data-age]")) showTime(element);
}, 30_000);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
// In a narrow window the names of pages lie in a row that is moved; the page itself stays where it is.
const here = document.querySelector(".bar nav [aria-current]");
const names = here?.closest("nav");
if (here) names.scrollLeft += Math.max(0, here.getBoundingClientRect().right - names.getBoundingClientRect().right);

document.getElementById("refusal")?.focus();

// Words of a record that nobody sent are asked about before the page goes; other forms are short.
addEventListener("beforeunload", (event) => {
  const typed = typedBeside(document.querySelector("form[data-sent]"));
  if (typed.some(([, fields]) => fields.some((each) => each.closest("#record, #care, #review, #attention")))) event.preventDefault();
});

// Who switched single keys off is heard by Tab, arrows, Space and Enter alone, on every page.
window.addEventListener("keydown", (event) => {
  const isCharacter = event.key.length === 1 && event.key !== " ";
  if (isCharacter && document.documentElement.dataset.keys === "off") event.stopImmediatePropagation();
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) document.getElementById("help").showModal();
});
for (const button of document.querySelectorAll("[data-help]")) button.hidden = false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "?") document.getElementById("help")?.showModal();
  else if (event.key === "g") location.assign("/desk/");
  else return;
  event.preventDefault();
});

// A browser's date and time has no zone: it is the viewer's, and is sent in UTC.
document.addEventListener("formdata", (event) => {
  for (const input of event.target.querySelectorAll("input[data-zoned]")) {
    if (input.value) event.formData.set(input.name, new Date(input.value).toISOString());
  }
});
