// Everything works without this. It looks for news, so that what customers send appears
// by itself; sends with Ctrl+Enter, and once; counts what a text costs as SMS.
//
// What a look costs stands in list.go. Every second in the first minute after something
// happened here, every two seconds then, every ten where nobody has touched it for five
// minutes, every ten minutes while nobody sees it: who comes back to it has a look at once.
// An answer of 304 has no body.
"use strict";
document.documentElement.classList.add("scripted");

// memory is what the browser keeps, for this tab or for longer. Where it is barred or full,
// all is as if it kept nothing.
const memory = (kind) => {
  const or = (none, fn) => {
    try {
      return fn(window[kind]);
    } catch {
      return none;
    }
  };
  return {
    get: (name) => or(null, (m) => m.getItem(name)),
    set: (name, value) => or(false, (m) => (m.setItem(name, value), true)),
    drop: (name) => or(null, (m) => m.removeItem(name)),
    names: () => or([], (m) => Object.keys(m)),
  };
};
const kept = memory("localStorage");
const ofTab = memory("sessionStorage");

const live = document.getElementById("live");
let tag = "";
let touched = Date.now();
let happened = Date.now();
let timer = 0;
let failures = 0;

function wait() {
  const slow = 1e3 * (live.dataset.every || 0); // for what doesn't change within a second
  if (document.hidden) return 600e3;
  if (Date.now() - touched > 5 * 60e3) return Math.max(10e3, slow);
  if (failures > 0) return Math.min(2e3 * 2 ** failures, 30e3);
  return Math.max(slow, Date.now() - happened < 60e3 ? 1e3 : 2e3);
}

// still says that nothing more will change, as the page or what it has looked up tells.
const still = () => "still" in live.dataset || live.querySelector("[data-still]") !== null;

function next() {
  clearTimeout(timer);
  if (still()) return;
  timer = setTimeout(look, wait());
}

const words = {
  lost: ["连接中断，正在重试…", "Connection lost: trying again…"],
  failed: ["连接中断，刚才的操作没有保存，请重试。", "Connection lost: that was not saved. Please try again."],
  out: ["登录已过期。请先复制未发送的内容，再刷新页面登录。", "You are signed out. Copy what you have written, then reload to sign in."],
};

function lost(on, what = "lost") {
  let bar = document.querySelector(`.lost[data-what="${what}"]`);
  if (on && !bar) {
    bar = document.createElement("p");
    bar.className = "lost";
    bar.dataset.what = what;
    bar.setAttribute("role", "status");
    bar.textContent = words[what][document.documentElement.lang === "zh-CN" ? 0 : 1];
    document.body.append(bar);
  } else if (!on && bar) bar.remove();
}

// post sends what a form has without leaving the page. It tells the server that a script asks,
// which is answered 401 where nobody is signed in, and not led to the sign-in: a redirect
// says that it was done.
async function post(url, body, more) {
  lost(false, "failed");
  const answer = await fetch(url, { method: "POST", body, redirect: "manual", headers: { "X-Requested-With": "script" }, ...more });
  if (answer.status === 401) signedOut();
  return answer;
}
const saved = (answer) => answer.type === "opaqueredirect";

async function look() {
  try {
    const answer = await fetch(live.dataset.source, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (answer.status === 401) return signedOut();
    if (answer.status === 200) {
      replace(await answer.text());
      tag = answer.headers.get("ETag") || "";
    }
    failures = answer.ok || answer.status === 304 ? 0 : failures + 1;
  } catch {
    failures += 1;
  }
  lost(failures > 2);
  next();
}

// signedOut leads to the sign-in, unless something written would be lost on the way.
function signedOut() {
  if ([...document.querySelectorAll("textarea:not([data-kept])")].some((e) => e.value.trim() !== "")) lost(true, "out");
  else location.reload();
}

// replace shows the news, marks rows that were not there, and keeps what the agent has
// set or opened in the part that is replaced.
function replace(text) {
  const before = live.innerHTML;
  const had = new Set([...live.querySelectorAll("[data-id], .timeline > li")].map((e) => e.dataset.id || e.id));
  const open = [...live.querySelectorAll("details[open]")].map((e) => e.id || e.closest("li")?.id);
  const atEnd = innerHeight + scrollY > document.body.scrollHeight - 200;
  const probe = document.createElement("template");
  probe.innerHTML = text;
  if (probe.innerHTML === before && tag === "") return;
  const focused = live.contains(document.activeElement) ? document.activeElement.closest("[data-id]")?.dataset.id : "";
  live.innerHTML = text;
  for (const id of open) for (const e of live.querySelectorAll(`[id="${id}"]:is(details), [id="${id}"] details:not([id])`)) e.open = true;
  if (focused) live.querySelector(`[data-id="${focused}"] a`)?.focus({ preventScroll: true });
  let news = false;
  for (const e of live.querySelectorAll("[data-id], .timeline > li")) {
    if (!had.has(e.dataset.id || e.id)) {
      e.classList.add("fresh");
      news = true;
    }
  }
  settle();
  if (news) happened = Date.now();
  if (news && atEnd && live.querySelector(".timeline")) scrollTo(0, document.body.scrollHeight);
}

// settle puts remembered check marks back and says how long somebody has waited.
function settle() {
  for (const n of document.querySelectorAll("#counts data")) {
    const badge = document.querySelector(`[data-badge="${n.value}"]`);
    if (badge && badge.textContent !== n.textContent) badge.textContent = n.textContent;
  }
  for (const box of document.querySelectorAll("input.remember")) {
    const was = kept.get(box.id);
    if (was !== null) box.checked = was === "1";
  }
  since();
  document.dispatchEvent(new Event("settled"));
}

function since() {
  const zh = document.documentElement.lang === "zh-CN";
  const ago = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short", numeric: "always" });
  const long = (n, unit) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "short" }).format(Math.max(0, n));
  for (const e of document.querySelectorAll("time[data-since]")) {
    const ms = Date.now() - Date.parse(e.dateTime);
    const ahead = ms < 0 && e.closest(".due"); // else the clocks differ a little
    const minutes = ahead ? Math.floor(ms / 60e3) : Math.round(ms / 60e3);
    const m = Math.abs(minutes);
    const [n, unit] = m < 60 ? [minutes, "minute"] : m < 48 * 60 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
    e.title = e.title || e.textContent;
    if (Math.abs(ms) < 60e3 && !ahead) e.textContent = zh ? "刚刚" : "just now";
    else e.textContent = e.dataset.since === "long" ? long(n, unit) : ago.format(-n, unit); // how long, or since when
  }
}

// What waits to go out says for how long it can still be taken back.
setInterval(() => {
  for (const e of document.querySelectorAll("time[data-until]")) {
    e.dataset.at ||= e.textContent;
    const left = Math.max(0, Math.ceil((Date.parse(e.dateTime) - Date.now()) / 1e3));
    e.textContent = `${e.dataset.at} (${left} s)`;
  }
}, 1e3);

document.addEventListener("change", (event) => {
  const e = event.target;
  if (e.matches("input.remember")) kept.set(e.id, e.checked ? "1" : "0");
});

// A choice made with the pointer is saved at once. With the arrow keys each step on the way is
// a change: it is saved by Enter, with the focus back where it was, or by leaving the field,
// which keeps the page as it is for what is pressed next. Escape takes it back.
const stood = (select) => [...select.options].find((o) => o.defaultSelected) || select.options[0];
const settled = (select) => [...select.options].forEach((o) => (o.defaultSelected = o.selected));
const unsaved = (e) => e.matches("select[data-auto]") && e.value !== "" && e.value !== e.dataset.auto && !stood(e).selected;
let key = "";
function saveChoice(select) {
  ofTab.set("focus", select.id);
  select.form.requestSubmit();
}
addEventListener("pointerdown", () => (key = ""), true);
document.addEventListener("change", (event) => {
  if (unsaved(event.target) && (key === "" || key === "Enter")) saveChoice(event.target);
});
document.addEventListener("keydown", (event) => {
  key = event.key;
  const e = event.target;
  if (!e.matches("select[data-auto]")) return;
  if (key === "Enter" && unsaved(e)) saveChoice(e);
  if (key === "Escape") stood(e).selected = true;
}, true);
document.addEventListener("focusout", async (event) => {
  const e = event.target;
  if (!unsaved(e) || e.form.method !== "post" || e.form.dataset.sent || !document.hasFocus()) return;
  const data = new URLSearchParams(new FormData(e.form));
  const before = stood(e);
  const back = () => {
    before.selected = true;
    settled(e);
  };
  settled(e);
  try {
    const answer = await post(e.form.action, data, { keepalive: true });
    if (answer.status === 401) back();
    else if (!saved(answer)) e.form.requestSubmit(); // whose page says why not
  } catch {
    back();
    lost(true, "failed");
  }
});

document.addEventListener("keydown", (event) => {
  touched = Date.now();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea[data-send]")) event.target.form.requestSubmit();
});
document.addEventListener("pointerdown", () => (touched = Date.now()));

// Coming and going leaves the page, and what is being written on it, as it is.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form.presence") || !event.submitter) return;
  event.preventDefault();
  const chosen = event.submitter;
  try {
    const answer = await post(form.action, new URLSearchParams(new FormData(form, chosen)));
    if (answer.status === 401) return;
    if (!saved(answer)) throw new Error(answer.status);
    for (const b of form.querySelectorAll("button")) b.setAttribute("aria-pressed", b === chosen ? "true" : "false");
  } catch {
    lost(true, "failed");
  }
});

// How an answer would go out is told beneath it, until it is written on: what comes back
// after that is of what was there before.
let previews = 0;
document.addEventListener("submit", async (event) => {
  const asked = ++previews;
  if (!event.submitter?.matches("[data-preview]")) return;
  event.preventDefault();
  const out = event.target.querySelector(".preview");
  const data = new FormData(event.target);
  data.set("part", "1");
  try {
    const answer = await post(event.submitter.formAction, data);
    if (answer.status === 401) return;
    const text = await answer.text();
    const fault = answer.ok ? null : new DOMParser().parseFromString(text, "text/html").querySelector(".notice");
    if (asked !== previews) return;
    if (answer.ok) out.innerHTML = text;
    else out.replaceChildren(...(fault ? [fault] : []));
  } catch {
    lost(true, "failed");
  }
});
document.addEventListener("input", (event) => {
  previews++;
  event.target.form?.querySelector(".preview")?.replaceChildren();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 10e3); // should the answer never come
});

// A page that comes back as it was carries forms that were sent already.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

document.addEventListener("visibilitychange", () => {
  touched = Date.now();
  if (live && !document.hidden && !still()) {
    clearTimeout(timer);
    look();
  }
});

// SMS: 3GPP TS 23.038. GSM-7 counts septets, 160 alone or 153 each; anything outside its
// alphabet makes the whole text UCS-2, 70 or 67 units each.
const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const extended = "\f^{}\\[~]|€";

function segments(text) {
  const letters = [...text];
  const gsm = letters.every((c) => basic.includes(c) || extended.includes(c));
  const size = (c) => (gsm ? (extended.includes(c) ? 2 : 1) : c.length);
  const [alone, part] = gsm ? [160, 153] : [70, 67];
  let count = 0;
  let left = 0;
  let total = 0;
  for (const c of letters) {
    total += size(c);
    if (size(c) > left) {
      count += 1;
      left = part;
    }
    left -= size(c);
  }
  return { count: total > 0 && total <= alone ? 1 : count, total };
}

for (const area of document.querySelectorAll("textarea[data-sms]")) {
  const out = area.form.querySelector(".count");
  area.addEventListener("input", () => {
    const n = segments(area.value);
    out.textContent = n.total ? `${n.total} · ${n.count} ${area.dataset.sms}` : "";
  });
}

// Answering all is the default; one press answers the sender alone.
for (const button of document.querySelectorAll("button[data-clear]")) {
  button.addEventListener("click", () => (document.getElementById(button.dataset.clear).value = ""));
}

// A canned reply goes in where the cursor is; without this its link begins the answer.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-insert]");
  if (!link) return;
  event.preventDefault();
  const area = document.getElementById(link.dataset.insert);
  const before = area.value.slice(0, area.selectionStart);
  area.setRangeText((before === "" || before.endsWith("\n") ? "" : "\n") + link.dataset.text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  link.closest("details").open = false;
  area.focus();
});

// Line numbers follow what is typed, and what was typed is not left by a slip.
for (const area of document.querySelectorAll("textarea[data-lines]")) {
  const numbers = area.parentElement.querySelector("ol");
  const began = area.value;
  area.addEventListener("input", () => {
    const n = area.value.split("\n").length;
    while (numbers.children.length > n) numbers.lastChild.remove();
    while (numbers.children.length < n) numbers.append(Object.assign(document.createElement("li"), { textContent: numbers.children.length + 1 }));
    area.rows = n;
  });
  addEventListener("beforeunload", (event) => {
    const sent = [...document.forms].some((f) => f.dataset.sent); // checked, or put in force from the form above
    if (!sent && ("changed" in area.dataset || area.value !== began)) event.preventDefault();
  });
}

// Too much is said before it is sent.
for (const input of document.querySelectorAll("input[type=file][data-max]")) {
  input.addEventListener("change", () => {
    const sum = [...input.files].reduce((n, f) => n + f.size, 0);
    input.setCustomValidity(sum > Number(input.dataset.max) ? input.dataset.fault : "");
    input.reportValidity();
  });
}

// On a phone the menus scroll: the chosen entry is brought into sight.
for (const entry of document.querySelectorAll("nav [aria-current]")) {
  const menu = entry.closest("nav");
  const [a, b] = [entry.getBoundingClientRect(), menu.getBoundingClientRect()];
  menu.scrollLeft += a.left - b.left - (b.width - a.width) / 2;
}

document.getElementById(ofTab.get("focus"))?.focus({ preventScroll: true });
ofTab.drop("focus");

const header = document.querySelector(".top");
if (header) new ResizeObserver(() => document.documentElement.style.setProperty("--top", header.offsetHeight + "px")).observe(header);

settle();
setInterval(since, 30e3);
if (live && !still()) {
  if (live.querySelector(".timeline")) document.querySelector(".timeline > li:last-child")?.scrollIntoView({ block: "nearest" });
  next();
}
