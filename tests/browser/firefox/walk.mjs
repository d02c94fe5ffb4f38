// The main job in Firefox, by WebDriver BiDi: a key is made, copied, edited, rotated, disabled and deleted, through dialogs
// whose boxes are measured. Steps and checks are those of tests/browser/engines.rs.
//
//   node walk.mjs PROFILE ORIGIN SETUP_LINK [PICTURES]

import { createRequire } from "node:module";
import { join } from "node:path";
import assert from "node:assert/strict";

const [profile, origin, setupLink, pictures] = process.argv.slice(2);
// Where scripts/install-browser-packages puts it.
const require = createRequire(new URL("../../../target/browser/package.json", import.meta.url));
const { launch } = require("puppeteer-core");

const KEY = "billing-sync";
const PASSWORD = "a long walk by the river";
const FOOT = "dialog[open] .dialog-foot";

const browser = await launch({
  browser: "firefox",
  executablePath: "/usr/bin/firefox-esr",
  headless: true,
  userDataDir: profile,
  defaultViewport: { width: 1440, height: 900 },
  extraPrefsFirefox: { "network.proxy.type": 0 },
});
const page = await browser.newPage();
page.setDefaultTimeout(20_000);

const shown = (selector) => page.locator(selector).setEnsureElementIsInTheViewport(true);

async function types(id, text) {
  await shown(`#${id}`).fill(text);
}

// Follows a link or sends a form, and waits for the page that it leads to.
async function leads(action) {
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), action()]);
}

async function presses(words, within = "") {
  const place = within || ((await page.$("dialog[open]")) ? FOOT : "main");
  const selector = `${place} :is(a, button)::-p-text(${words})`;
  await leads(() => shown(selector).click());
}

async function sees(words) {
  await page.waitForSelector(`::-p-text(${words})`, { visible: true });
}

function isInside([left, top, width, height], outer) {
  return left >= outer[0] - 1 && top >= outer[1] - 1
    && left + width <= outer[0] + outer[2] + 1 && top + height <= outer[1] + outer[3] + 1;
}

async function boxOf(element) {
  const { x, y, width, height } = await element.boundingBox();
  return [x, y, width, height];
}

async function seesTheDialog(words, name) {
  await sees(words);
  await page.waitForSelector(FOOT, { visible: true });
  const dialog = await boxOf(await page.$("dialog[open]"));
  const body = await boxOf(await page.$("dialog[open] .dialog-body"));
  const buttons = await Promise.all((await page.$$(`${FOOT} :is(a, button)`)).map(boxOf));
  const boxes = JSON.stringify({ words, dialog, body, buttons });
  assert(dialog[2] >= 300 && dialog[3] >= 150, `the dialog is a sliver: ${boxes}`);
  assert(body[3] >= 40, `its content is not visible: ${boxes}`);
  assert(isInside(dialog, [0, 0, 1440, 900]), `it reaches out of the window: ${boxes}`);
  assert(buttons.length > 0, `it has no buttons: ${boxes}`);
  for (const button of buttons) {
    assert(button[2] >= 24 && button[3] >= 24 && isInside(button, dialog), `a button is cut off: ${boxes}`);
  }
  if (pictures) {
    await page.screenshot({ path: join(pictures, `firefox-${name}.png`) });
  }
}

async function isVerified(secret, code) {
  const answer = await fetch(`${origin}/api/v1/verify`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key: secret }),
  });
  assert.equal((await answer.json()).code, code);
}

async function reads(selector) {
  return (await (await page.waitForSelector(selector)).getProperty("textContent")).jsonValue();
}

// The key that is shown once, after a click on "Copy to clipboard".
async function copiesTheKey(name) {
  await seesTheDialog("This is the only time the key is shown.", name);
  const secret = await reads("#secret");
  assert.match(secret, /^ks_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
  await shown("[data-copy=secret]").click();
  await sees("Copied");
  return secret;
}

async function saysItIsSaved() {
  await shown("input[name=saved]").click();
  await presses("Close");
}

async function opensThePageOfTheKey() {
  await page.goto(`${origin}/api-keys`);
  await leads(() => shown(`tr[data-client-id="${KEY}"] th a`).click());
}

async function asksToDelete() {
  await leads(() => shown(`a[aria-label="Delete ${KEY}"]`).click());
}

async function signsInAgain() {
  await leads(() => shown('form[action="/logout"] button').click());
  await types("email", "ops@acme.example");
  await types("password", PASSWORD);
  await presses("Sign in", "form");
  await page.waitForSelector('main a[href="/api-keys/new"]');
}

async function walk() {
  await page.goto(setupLink);
  const answers = { organization: "Acme", slug: "acme", name: "Olga Petersen", email: "ops@acme.example", password: PASSWORD };
  for (const [id, text] of Object.entries(answers)) {
    await types(id, text);
  }
  await leads(() => shown("form:has(#password) button[type=submit]").click());
  await signsInAgain();

  await leads(() => shown('main a[href="/api-keys/new"]').click());
  await seesTheDialog("API Client ID", "create");
  await types("client-id", KEY);
  await presses("Create");
  const first = await copiesTheKey("credential");
  await isVerified(first, "VALID");
  await saysItIsSaved();

  await opensThePageOfTheKey();
  await presses("Edit");
  await seesTheDialog(KEY, "edit");
  await types("name", "Billing at night");
  await presses("Update API key");
  await sees("Billing at night");

  await presses("Rotate");
  await seesTheDialog(`Rotate ${KEY}`, "rotate");
  await presses("Rotate");
  const second = await copiesTheKey("rotated");
  assert.notEqual(second, first);
  await saysItIsSaved();
  await isVerified(first, "VALID");
  await isVerified(second, "VALID");

  await opensThePageOfTheKey();
  await presses("Disable");
  await seesTheDialog(`Disable ${KEY}`, "disable");
  await types("reason", "moving to the new server");
  await presses("Disable");
  await sees("moving to the new server");
  await isVerified(second, "DISABLED");

  await page.goto(`${origin}/api-keys`);
  await asksToDelete();
  await seesTheDialog(`Delete ${KEY}?`, "delete");
  await presses("Close");
  await page.waitForSelector(`tr[data-client-id="${KEY}"]`);
  await isVerified(second, "DISABLED");
  await asksToDelete();
  // It was used a moment ago.
  await types("confirm", KEY);
  await presses("Delete");
  await page.waitForSelector(`tr[data-client-id="${KEY}"]`, { hidden: true });
  await isVerified(second, "DELETED");
}

try {
  await walk();
} catch (error) {
  const text = await page.evaluate(() => document.body.innerText).catch(() => "(no text)");
  console.error(`at ${page.url().split("?")[0]}\n${text}\n${error.stack}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
