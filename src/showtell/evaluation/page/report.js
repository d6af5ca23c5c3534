
"use strict";
// Shows the pictures of the chosen cell. Everything foreign goes in as text, never as HTML.
const data = JSON.parse(document.getElementById("data").textContent);
const place = document.getElementById("cell");
const buttons = [...document.querySelectorAll("[data-cell]")];

function element(name, text) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  return made;
}

function picture(id) {
  const figure = element("figure");
  if (Object.hasOwn(data.pictures, id)) {
    const image = element("img");
    image.src = "data:image/jpeg;base64," + data.pictures[id];
    image.alt = id;
    figure.append(image);
  }
  figure.append(element("figcaption", id));
  return figure;
}

function choose(button) {
  for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
  place.hidden = !button;
  place.replaceChildren();
  if (!button) return;
  const cell = data.cells[Number(button.dataset.cell)];
  const answer = cell.answer === null ? "called unknown" : "taken for “" + cell.answer + "”";
  const list = element("div");
  list.className = "pictures";
  list.append(...cell.examples.map(picture));
  place.append(element("h3", "“" + cell.label + "” " + answer), list);
  if (cell.more) place.append(element("p", "and " + cell.more + " more"));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-cell]");
  if (button) choose(button.getAttribute("aria-pressed") === "true" ? null : button);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") choose(null);
});
