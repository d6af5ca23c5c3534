/*!
 * This file contains Preact 11.2.0, https://preactjs.com
 *
 * The MIT License (MIT)
 *
 * Copyright (c) 2015-present Jason Miller
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy
 * of this software and associated documentation files (the "Software"), to deal
 * in the Software without restriction, including without limitation the rights
 * to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
 * copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all
 * copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
 * SOFTWARE.
 */
import { render as draw } from "preact";
import { jsx } from "preact/jsx-runtime";
import { SocketModel, socketUrl } from "./connection/socket.js";
import { App } from "./page/app.js";
import { Layout } from "./page/layout.jsx";
import { embed } from "./widget/embed.js";

/** @import {Model} from "./connection/types.js" */

/**
 * The anywidget front end: draws the studio into `el`.
 * @param {{model: Model, el: HTMLElement}} view
 * @returns {() => void} ends it, camera included
 */
function render({ model, el }) {
  const app = new App(model, { page: false });
  const place = el.appendChild(document.createElement("div"));
  const leave = embed(app, model, place);
  const end = show(app, place);
  return () => {
    end();
    leave();
    place.remove();
  };
}

/** @param {App} app @param {HTMLElement} el */
function show(app, el) {
  Object.assign(window, { showtellStats: app.live.stats });
  el.classList.add("showtell");
  el.classList.toggle("showtell-page", app.page);
  const theme = document.body.dataset.jpThemeLight; // JupyterLab says which theme is on, a browser page follows the system
  if (theme) el.dataset.theme = theme === "true" ? "light" : "dark";
  draw(jsx(Layout, { app }), el);
  return () => {
    draw(null, el);
    app.close();
  };
}

const page = globalThis.document?.getElementById("showtell-page");
if (page) {
  const app = new App(new SocketModel(socketUrl(location.href)), { page: true });
  app.client.listen("state", () => { document.body.dataset.ready = "true"; });
  window.addEventListener("beforeunload", (event) => { if (app.outbox.size) event.preventDefault(); });
  show(app, page);
}

export default { render };
