"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Every combination of levers lies in the page; one is shown.
  function show() {
    const now = all(".levers :checked").map((each) => each.value).join(" ");
    for (const cell of all(".cell")) cell.hidden = cell.dataset.cell !== now;
    for (const button of all(".presets button")) button.setAttribute("aria-pressed", String(button.dataset.cell === now));
    document.getElementById("now").textContent = document.querySelector(".cell:not([hidden])").dataset.now;
  }

  function reveal(box) {
    const guess = all("fieldset", box).map((each) => each.querySelector(":checked")?.value), told = box.querySelector(".verdict");
    if (guess.includes(undefined)) {
      told.textContent = guess.length > 1 ? "Guess first: choose one in each list." : "Guess first: choose one.";
      return;
    }
    const hit = box.dataset.right.split(" ").includes(guess.join());
    told.textContent = hit ? "The model agrees." : "The model says otherwise.";
    box.querySelector(".said").hidden = false;
    if (box.nextElementSibling) box.nextElementSibling.hidden = false;
  }

  for (const section of all("[data-live]")) section.hidden = false;
  for (const input of all(".levers input")) input.onchange = show;
  for (const button of all(".presets button")) {
    button.onclick = () => {
      button.dataset.cell.split(" ").forEach((level, at) => { document.querySelector(`[name="lever-${at}"][value="${level}"]`).checked = true; });
      show();
    };
  }
  for (const box of all(".question")) box.querySelector(".reveal").onclick = () => reveal(box);
  show();
})();
