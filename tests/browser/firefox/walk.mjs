// The main job in Firefox, by WebDriver BiDi: a key is made, copied, edited, rotated, disabled and deleted, through dialogs
// whose boxes are measured. Steps and checks are those of tests/browser/engines.rs.
//
//   node walk.mjs with|without PROFILE ORIGIN SETUP_LINK [PICTURES]      with or without JavaScript

import assert from "node:assert/strict";

import { Person } from "./person.mjs";

const [scripts, profile, origin, setupLink, pictures] = process.argv.slice(2);
const javascript = scripts === "with";
const prefix = javascript ? "firefox" : "firefox-without-javascript";

const KEY = "billing-sync";
const PASSWORD = "a long walk by the river";
const ROW = `tr[data-client-id="${KEY}"]`;

async function walk(olga) {
  const seesTheDialog = (words, name) => olga.seesTheDialog(words, `${prefix}-${name}`);

  // The key that is shown once, after a click on "Copy to clipboard" where that does something.
  async function copiesTheKey(name) {
    await seesTheDialog("This is the only time the key is shown.", name);
    const secret = await olga.reads("#secret");
    assert.match(secret, /^ks_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    if (javascript) {
      await olga.clicks("[data-copy=secret]");
      await olga.sees("Copied");
    } else {
      // There is nothing to press where nothing would happen.
      await olga.seesNothingAt("[data-copy=secret]");
    }
    return secret;
  }

  async function saysItIsSaved() {
    await olga.clicks("input[name=saved]");
    await olga.presses("Close");
  }

  async function opensThePageOfTheKey() {
    await olga.opens(`${origin}/api-keys`);
    await olga.follows(`${ROW} th a`);
  }

  await olga.opens(setupLink);
  const answers = { organization: "Acme", slug: "acme", name: "Olga Petersen", email: "ops@acme.example", password: PASSWORD };
  for (const [id, text] of Object.entries(answers)) {
    await olga.types(id, text);
  }
  await olga.follows("form:has(#password) button[type=submit]");
  await olga.follows('form[action="/logout"] button');
  await olga.types("email", "ops@acme.example");
  await olga.types("password", PASSWORD);
  await olga.presses("Sign in");

  await olga.follows('main a[href="/api-keys/new"]');
  await seesTheDialog("API Client ID", "create");
  await olga.types("client-id", KEY);
  await olga.presses("Create");
  const first = await copiesTheKey("credential");
  await isVerified(first, "VALID");
  await saysItIsSaved();

  await opensThePageOfTheKey();
  await olga.presses("Edit");
  await seesTheDialog(KEY, "edit");
  await olga.types("name", "Billing at night");
  await olga.presses("Update API key");
  await olga.sees("Billing at night");

  await olga.presses("Rotate");
  await seesTheDialog(`Rotate ${KEY}`, "rotate");
  await olga.presses("Rotate");
  const second = await copiesTheKey("rotated");
  assert.notEqual(second, first);
  await saysItIsSaved();
  await isVerified(first, "VALID");
  await isVerified(second, "VALID");

  await opensThePageOfTheKey();
  await olga.presses("Disable");
  await seesTheDialog(`Disable ${KEY}`, "disable");
  await olga.types("reason", "moving to the new server");
  await olga.presses("Disable");
  await olga.sees("moving to the new server");
  await isVerified(second, "DISABLED");

  await olga.opens(`${origin}/api-keys`);
  await olga.follows(`a[aria-label="Delete ${KEY}"]`);
  await seesTheDialog(`Delete ${KEY}?`, "delete");
  await olga.presses("Close");
  await olga.finds(ROW);
  await isVerified(second, "DISABLED");
  await olga.follows(`a[aria-label="Delete ${KEY}"]`);
  // It was used a moment ago.
  await olga.types("confirm", KEY);
  await olga.presses("Delete");
  await olga.doesNotFind(ROW);
  await isVerified(second, "DELETED");

  await olga.opens(`${origin}/resources`);
  await olga.presses("Add");
  await seesTheDialog("Add a resource", "new-resource");
}

// As a machine that was given the key.
async function isVerified(secret, code) {
  const answer = await fetch(`${origin}/api/v1/verify`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key: secret }),
  });
  assert.equal((await answer.json()).code, code);
}

const olga = await Person.with({ profile, javascript, pictures });
try {
  await walk(olga);
} catch (error) {
  const text = await olga.page.evaluate(() => document.body.innerText).catch(() => "(no text)");
  console.error(`at ${olga.page.url().split("?")[0]}\n${text}\n${error.stack}`);
  process.exitCode = 1;
} finally {
  await olga.leaves();
}
