/* Keeps the inbox up to date while it is open, and gives it a keyboard. Without this script all of it works by reload.
 *
 * A card is swapped at its place: who reads, has the focus somewhere or has begun to fill in a form keeps all three.
 */
"use strict";

const inbox = document.getElementById("varsler");
const told = document.getElementById("nytt");
const AGAIN = 3000; // milliseconds
let stream;

// -- the stream --------------------------------------------------------------------------------------------------

function connect() {
  stream?.close();
  const opened = new EventSource(`/strom${location.search}`);
  stream = opened;
  const on = (name, act) => opened.addEventListener(name, (event) => act(event.data ? JSON.parse(event.data) : null));
  on("roll", async (roll) => {
    say("Oppdateres fortløpende", "live");
    if (differs(roll)) await refresh();
  });
  on("changes", apply);
  on("again", connect);
  opened.onerror = () => {
    if (opened !== stream) return;
    say("Ikke oppdatert: forbindelsen er brutt. Prøver igjen …", "lost");
    if (opened.readyState === EventSource.CLOSED) setTimeout(lookedAfter, AGAIN);
  };
}

/* The browser has given up: because nobody is logged in any more, or because the service said that it can't now. */
async function lookedAfter() {
  const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
  if (answer?.type !== "opaqueredirect") return connect();
  say("Ikke oppdatert: du er logget ut. ", "lost");
  const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "Logg inn" });
  link.className = "ds-link";
  document.getElementById("forbindelse").append(link);
}

function say(text, state) {
  const line = document.getElementById("forbindelse");
  if (line.textContent !== text) line.textContent = text;
  line.dataset.state = state;
}

const cards = () => [...inbox.querySelectorAll("article")];
const idOf = (card) => card.id.replace("varsel-", "");

function differs(roll) {
  const shown = cards();
  const same = (card) => roll[idOf(card)] === card.dataset.digest;
  return shown.length !== Object.keys(roll).length || !shown.every(same);
}

/* What was missed while nobody told it: the page as it is now, card by card. */
async function refresh() {
  const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const html = (id) => page.getElementById(id).innerHTML;
  const now = [...page.querySelectorAll("#varsler article")];
  const ids = new Set(now.map((card) => card.id));
  apply({
    cards: now.map((card) => ({ id: idOf(card), html: card.outerHTML })),
    gone: cards().filter((card) => !ids.has(card.id)).map(idOf),
    summary: html("oppsummering"),
    notes: html("merknader"),
  });
}

// -- cards at their place ----------------------------------------------------------------------------------------

function apply(changes) {
  rest();
  const stays = keepPlace();
  const news = changes.cards.map(({ html }) => put(parsed(html))).filter(Boolean);
  for (const id of changes.gone) takeAway(document.getElementById(`varsel-${id}`));
  for (const section of inbox.querySelectorAll("section")) if (!section.querySelector("article")) section.remove();
  fill("oppsummering", changes.summary);
  if (changes.notes !== undefined) fill("merknader", changes.notes);
  stays();
  if (news.length) told.textContent = news.length > 3 ? `${news.length} varsler er nye eller har fått høyere nivå.` : news.join(" ");
}

inbox.addEventListener("focusin", (event) => event.target.closest("article")?.classList.remove("alert--new"));

function fill(id, html) {
  const part = document.getElementById(id);
  if (part.innerHTML === html) return;
  const held = part.contains(document.activeElement) && document.activeElement.textContent.replace(/\d+/, "");
  part.innerHTML = html;
  if (held) [...part.querySelectorAll("a")].find((link) => link.textContent.replace(/\d+/, "") === held)?.focus();
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector("article");
}

/* Returns what to say of it: new, or of a higher level. */
function put(card) {
  const old = document.getElementById(card.id);
  if (old?.dataset.digest === card.dataset.digest || waits(old)) return "";
  const worse = old && card.dataset.level > old.dataset.level;
  if (old) carryOver(old, card);
  old?.remove();
  const list = section(card).querySelector(".inbox");
  list.insertBefore(card, [...list.children].find((other) => other.dataset.order > card.dataset.order) ?? null);
  window.htmx?.process(card);
  if (!old || worse || old.classList.contains("alert--new")) card.classList.add("alert--new");
  if (old && !worse) return "";
  const name = card.querySelector("h3").textContent.trim();
  return `${old ? "Høyere nivå" : "Nytt varsel"}: ${name}, ${card.querySelector(".alert__level").textContent}.`;
}

/* A card with a form that somebody is filling in stays until they are done. */
function takeAway(card) {
  if (!card || waits(card)) return;
  if (![...card.querySelectorAll("form")].some(begun)) return card.remove();
  note(card, "Varselet er lukket eller hører ikke lenger til det du ser på. Skjemaet kan ikke sendes.");
}

/* A form of the card is on its way: the answer is the card as it is then, and what came meanwhile is seen to after. */
const late = new Set();
function waits(card) {
  if (!card?.querySelector("form.htmx-request")) return false;
  late.add(card.id);
  return true;
}

document.addEventListener("htmx:afterRequest", (event) => {
  const card = event.detail.target?.id;
  if (late.delete(card) || !event.detail.successful) refresh();
});

function section(card) {
  const level = card.dataset.level;
  const found = inbox.querySelector(`section[data-level="${level}"]`);
  if (found) return found;
  const made = document.createElement("section");
  made.dataset.level = level;
  made.setAttribute("aria-labelledby", `niva-${level}`);
  made.innerHTML = `<h2 class="ds-heading inbox__level" data-size="md" id="niva-${level}"></h2><div class="inbox"></div>`;
  made.firstChild.textContent = card.querySelector(".alert__level").textContent;
  inbox.insertBefore(made, [...inbox.children].find((other) => other.dataset.level < level) ?? null);
  return made;
}

// -- what somebody is in the middle of ---------------------------------------------------------------------------

const fields = (form) => [...form.elements].filter((field) => field.type !== "hidden" && field.name);
const touched = (field) =>
  field.tagName === "SELECT"
    ? [...field.options].some((option) => option.selected !== option.defaultSelected)
    : field.checked !== field.defaultChecked || field.value !== field.defaultValue;
const begun = (form) => fields(form).some((field) => field.type !== "submit" && (touched(field) || field === document.activeElement));

/* What is folded away is made when it is opened: a form costs more than all the rest of its card. */
function unfold(details) {
  const folded = details.querySelector("template");
  folded?.replaceWith(folded.content);
  return details;
}

// By the time that it is open, so that the next key finds the first field.
inbox.addEventListener("click", ({ target }) => {
  const details = target.closest("summary")?.parentElement;
  if (!details?.querySelector("template")) return;
  unfold(details);
  window.htmx?.process(details);
});

/* A form that is begun goes over as it is, with the version that it was made from, so that sending it would be refused:
 * who has seen the change may go on with their text and the new version. */
function carryOver(old, card) {
  for (const details of old.querySelectorAll("details[open]")) {
    const same = (other) => other.querySelector("summary")?.textContent === details.querySelector("summary")?.textContent;
    const fresh = [...card.querySelectorAll("details")].find(same);
    if (fresh) unfold(fresh).open = true;
  }
  for (const form of [...old.querySelectorAll("form")].filter(begun)) {
    const fresh = [...card.querySelectorAll("form")].find((other) => other.getAttribute("action") === form.getAttribute("action"));
    if (!fresh) {
      card.append(form);
      note(card, "Varselet er endret, og skjemaet kan ikke lenger sendes. Teksten din står her til du laster siden på nytt.");
      continue;
    }
    const version = fresh.elements.version?.value;
    fresh.replaceWith(form);
    if (version === undefined || version === form.elements.version?.value) continue;
    const button = note(card, "Varselet ble endret mens du skrev. Se hva som er nytt før du lagrer.", "Jeg har sett endringen");
    button.addEventListener("click", () => {
      form.elements.version.value = version;
      button.parentElement.remove();
      fields(form)[0]?.focus();
    });
  }
}

function note(card, text, action) {
  card.querySelector(".alert__notice")?.remove();
  const box = document.createElement("div");
  box.className = "ds-alert alert__notice";
  box.dataset.color = "warning";
  box.dataset.size = "sm";
  box.setAttribute("role", "alert");
  const words = Object.assign(document.createElement("p"), { className: "ds-paragraph", textContent: text });
  box.append(words);
  card.prepend(box);
  if (!action) return null;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "ds-button", textContent: action });
  button.dataset.size = "sm";
  button.dataset.variant = "secondary";
  box.append(button);
  return button;
}

/* At the top, with the focus elsewhere, there is no place to lose. */
function rest() {
  inbox.classList.toggle("inbox--resting", window.scrollY === 0 && !inbox.contains(document.activeElement));
}

function rouse() {
  if (!inbox.classList.contains("inbox--resting")) return;
  const stays = keepPlace();
  inbox.classList.remove("inbox--resting");
  stays();
}

document.addEventListener("scroll", rouse);
inbox.addEventListener("focusin", rouse);

/* Returns what gives back focus and place on the screen once the cards have been swapped. */
function keepPlace() {
  const active = document.activeElement;
  const mine = active?.closest("#varsler article");
  const anchor = mine ?? (window.scrollY > 0 && cards().find((card) => card.getBoundingClientRect().bottom > 0));
  const top = anchor ? anchor.getBoundingClientRect().top : 0;
  const next = mine && cards()[cards().indexOf(mine) + 1]?.id;
  const nth = mine ? [...mine.querySelectorAll(active.tagName)].indexOf(active) : -1;
  return () => {
    const card = anchor && document.getElementById(anchor.id);
    if (mine && card && !card.contains(document.activeElement)) {
      const same = active.isConnected ? active : active.form ? ofSameForm(active, card) : card.querySelectorAll(active.tagName)[nth];
      (same ?? card.querySelector("h3 a"))?.focus({ preventScroll: true });
    }
    if (mine && !card) {
      told.textContent = "Varselet du sto på, er lukket.";
      (document.getElementById(next) ?? inbox.querySelector("article"))?.querySelector("h3 a")?.focus({ preventScroll: true });
    }
    if (card && window.scrollY > 0) window.scrollBy({ top: card.getBoundingClientRect().top - top, behavior: "instant" });
  };
}

/* Where its form is gone, as it has been sent, the card itself: never the next button, which the next key would press. */
function ofSameForm(field, card) {
  const action = field.form.getAttribute("action");
  const form = [...card.querySelectorAll("form")].find((other) => other.getAttribute("action") === action);
  if (form) return [...form.elements].find((other) => other.name === field.name && other.type === field.type);
  card.tabIndex = -1;
  return card;
}

// -- the keyboard ------------------------------------------------------------------------------------------------

const help = document.getElementById("hurtigtaster");
const off = document.getElementById("taster-av");
off.checked = localStorage.getItem("taster-av") === "ja";
off.addEventListener("change", () => localStorage.setItem("taster-av", off.checked ? "ja" : "nei"));
document.querySelector("[data-keys=help]").addEventListener("click", () => help.showModal());

function step(by) {
  rouse();
  const links = cards().map((card) => card.querySelector("h3 a"));
  const at = cards().findIndex((card) => card.contains(document.activeElement));
  const link = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
  link?.focus({ preventScroll: true });
  link?.closest("article").scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => document.activeElement.closest("#varsler article")?.querySelector(".alert__act button, .care__summary")?.focus(),
  s: () => document.getElementById("sak").focus(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  const writes = event.target.closest("input, select, textarea, dialog, [contenteditable]");
  if (off.checked || writes || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

// A browser has few connections per host: a tab that nobody sees lets go of its own.
document.addEventListener("visibilitychange", () => (document.hidden ? stream?.close() : connect()));
if (!document.hidden) connect();
