// What a person does and sees in Firefox. Where JavaScript is off, the page runs neither promises nor observers, which
// Puppeteer's own waiting needs: so the waiting is done here, and the page is only asked what it holds now.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

// Where scripts/install-browser-packages puts it.
const require = createRequire(new URL("../../../target/browser/package.json", import.meta.url));
const { launch } = require("puppeteer-core");

const PATIENCE_MS = 20_000;
const VIEWPORT = { width: 1440, height: 900 };
const DIALOG = "dialog[open]";
const BUTTONS = `${DIALOG} .dialog-foot :is(a, button)`;

export class Person {
  #browser;
  #pictures;

  static async with({ profile, javascript, pictures }) {
    const person = new Person();
    person.#pictures = pictures;
    person.#browser = await launch({
      browser: "firefox",
      executablePath: "/usr/bin/firefox-esr",
      headless: true,
      userDataDir: profile,
      defaultViewport: VIEWPORT,
      protocolTimeout: PATIENCE_MS,
      extraPrefsFirefox: { "network.proxy.type": 0, "javascript.enabled": javascript },
    });
    person.page = await person.#browser.newPage();
    person.page.setDefaultTimeout(PATIENCE_MS);
    return person;
  }

  async leaves() {
    await this.#browser.close();
  }

  async opens(address) {
    await this.page.goto(address);
  }

  // Types into the field with this id, in place of what it holds.
  async types(id, text) {
    const field = await this.finds(`#${id}`);
    await field.evaluate((input) => {
      input.focus();
      input.select();
    });
    await this.page.keyboard.type(text);
  }

  async clicks(selector, words) {
    const element = await this.finds(selector, words);
    await element.evaluate((it) => it.scrollIntoView({ block: "center", behavior: "instant" }));
    const { x, y, width, height } = await element.boundingBox();
    await this.page.mouse.click(x + width / 2, y + height / 2);
  }

  // Clicks what leads to another page, and waits for it.
  async follows(selector, words) {
    await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), this.clicks(selector, words)]);
  }

  // Presses the button, or follows the link, that says this. In a dialog, when there is one.
  async presses(words) {
    const place = (await this.page.$(DIALOG)) ? BUTTONS : "main :is(a, button)";
    await this.follows(place, words);
  }

  async sees(words) {
    await this.#waitsUntil(`${words} is on the page`, (text) => document.body?.innerText.includes(text), words);
  }

  async doesNotFind(selector) {
    const isGone = (it) => document.readyState === "complete" && !document.querySelector(it);
    await this.#waitsUntil(`${selector} is gone`, isGone, selector);
  }

  async seesNothingAt(selector) {
    const areShown = (place) => [...document.querySelectorAll(place)].some((it) => it.checkVisibility());
    assert.equal(await this.page.evaluate(areShown, selector), false, `${selector} is shown`);
  }

  async reads(selector) {
    return (await this.finds(selector)).evaluate((it) => it.textContent.trim());
  }

  // The first visible element at this selector, with just these words if any are given.
  async finds(selector, words) {
    const handle = await this.#waitsUntil(`${selector} ${words ?? ""} is shown`, (place, says) =>
      [...document.querySelectorAll(place)].find((it) =>
        !it.ariaHidden && it.checkVisibility({ visibilityProperty: true })
          && (!says || it.innerText.trim() === says || it.ariaLabel === says)), selector, words);
    return handle.asElement();
  }

  // There is a dialog with these words, it is really visible, and its buttons can be reached. Takes a picture of it.
  async seesTheDialog(words, picture) {
    await this.sees(words);
    await this.finds(BUTTONS);
    const [[dialog], [body], buttons] = await Promise.all(
      [DIALOG, `${DIALOG} .dialog-body`, BUTTONS].map((selector) => this.#boxes(selector)));
    const boxes = JSON.stringify({ words, dialog, body, buttons });
    assert(dialog.width >= 300 && dialog.height >= 150, `the dialog is a sliver: ${boxes}`);
    assert(body.height >= 40, `its content is not visible: ${boxes}`);
    assert(isInside(dialog, { x: 0, y: 0, ...VIEWPORT }), `it reaches out of the window: ${boxes}`);
    for (const button of buttons) {
      assert(button.width >= 24 && button.height >= 24 && isInside(button, dialog), `a button is cut off: ${boxes}`);
    }
    if (this.#pictures) {
      await this.page.screenshot({ path: join(this.#pictures, `${picture}.png`) });
    }
  }

  async #boxes(selector) {
    return this.page.evaluate((place) => [...document.querySelectorAll(place)].map((it) => {
      const { x, y, width, height } = it.getBoundingClientRect();
      return { x, y, width, height };
    }), selector);
  }

  // Asks the page until its answer is true.
  async #waitsUntil(what, condition, ...given) {
    const end = Date.now() + PATIENCE_MS;
    let obstacle;
    while (Date.now() < end) {
      try {
        const answer = await this.page.evaluateHandle(condition, ...given);
        if (answer.asElement() || (await answer.jsonValue())) {
          return answer;
        }
        obstacle = "it is not";
      } catch (error) {
        // The page is about to be replaced by the next.
        obstacle = error.message;
      }
      await pause(50);
    }
    throw new Error(`within ${PATIENCE_MS} ms, ${what}: ${obstacle}`);
  }
}

// Within a pixel: browsers place boxes on fractions of one.
function isInside(box, outer) {
  return box.x >= outer.x - 1 && box.y >= outer.y - 1
    && box.x + box.width <= outer.x + outer.width + 1 && box.y + box.height <= outer.y + outer.height + 1;
}
