// What makes the page quicker and quieter; without it every form and link works all the same.
const $$ = (text, root = document) => [...root.querySelectorAll(text)];

const WAIT = 1000, PATIENCE = 60; // milliseconds between two looks, and how many there are

function begin(root) {
  for (const form of $$("form[data-wait]", root)) setTimeout(levers, WAIT, form, PATIENCE);
  for (const slider of $$('input[type="range"][name]', root)) {
    slider.oninput = () => {
      slider.dataset.moved = "";
      slider.nextElementSibling.textContent = Number(slider.value).toFixed(2);
    };
  }
  for (const select of $$("select[name^='set.']", root)) select.onchange = () => (select.dataset.moved = "");
  for (const form of $$("form[data-run]", root)) form.onsubmit = run;
  for (const form of $$("form[data-send]", root)) form.onsubmit = send;
  for (const form of $$("form.choose", root)) form.querySelector("select").onchange = () => form.submit();
}

// An address names only the levers that were moved: the others stay as the scenario and the coder left them.
function address(form) {
  const given = new URLSearchParams();
  for (const field of $$("[name]", form)) {
    if (!field.name.startsWith("set.") || "moved" in field.dataset) given.append(field.name, field.value);
  }
  return `${form.getAttribute("action")}?${given}`;
}

// A page that is opened before the pack is there has no levers yet: they are asked for until they are.
async function levers(form, left) {
  if (!form.isConnected || left === 0) return;
  const answer = await fetch(location.href).catch(() => null);
  const fresh = answer && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("form.change");
  if (!fresh || "wait" in fresh.dataset) { setTimeout(levers, WAIT, form, left - 1); return; }
  form.replaceWith(fresh);
  begin(fresh.parentElement);
}

async function run(event) {
  event.preventDefault();
  const to = address(event.target), main = document.querySelector("main"), button = event.submitter;
  main.classList.add("busy");
  main.setAttribute("aria-busy", "true");
  if (button) { button.disabled = true; button.textContent = "Running …"; }
  try {
    const answer = await fetch(to);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    history.pushState(null, "", to);
    document.title = fresh.title;
    main.replaceWith(fresh.querySelector("main"));
    begin(document);
    scrollTo({ top: 0 });
    const read = document.querySelector(".answer"); // who hears the page is told; who types goes on from here
    if (read) { read.tabIndex = -1; read.focus({ preventScroll: true }); }
  } catch {
    location = to;
  }
}

async function send(event) {
  event.preventDefault();
  const form = event.target, file = form.querySelector("input").files[0], told = form.querySelector("[role=alert]");
  told.textContent = "";
  if (file.size > 1 << 20) { told.textContent = "That file is larger than 1 MB."; return; }
  const name = encodeURIComponent(file.name).slice(0, 200);
  const answer = await fetch(form.dataset.send, { method: "POST", body: file, headers: { "x-file-name": name } });
  if (answer.headers.get("content-type")?.startsWith("application/json")) {
    const found = await answer.json();
    if (found.q) location = `/?q=${found.q}`; else told.textContent = found.fault;
  } else told.textContent = await answer.text();
}

for (const bar of $$("progress[data-progress]")) {
  const events = new EventSource(bar.dataset.progress);
  events.onmessage = (event) => {
    const [done, worlds, how] = event.data.split(" ");
    bar.max = worlds; bar.value = done;
    bar.nextElementSibling.textContent = `${done} of ${worlds} worlds`;
    if (how === "ready") { events.close(); location.reload(); }
  };
}

addEventListener("popstate", () => location.reload());
begin(document);
