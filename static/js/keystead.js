// Keystead enhancements. Every page works without this file; it adds comfort, never function
// (the one exception is the clipboard). Loaded as <script src defer>, so the CSP stays 'self'.
// One block for each enhancement; a block finds its elements by data attributes and does nothing without them.
'use strict';

const say = (() => {
  // One polite live region for the page; inside the modal when there is one, or it would be inert.
  const region = document.createElement('p');
  region.className = 'vh';
  region.setAttribute('role', 'status');
  (document.querySelector('dialog[data-modal]') || document.body).prepend(region);
  return text => { region.textContent = ''; requestAnimationFrame(() => { region.textContent = text; }); };
})();

// 1. Dialogs: the server renders <dialog open> over an inert page. Make it truly modal.
for (const dialog of document.querySelectorAll('dialog[data-modal][open]')) {
  const focused = document.activeElement;
  const tick = dialog.querySelector('[data-must-tick]'); // it must be ticked before the dialog may close
  const leave = () => { if (tick) tick.form.requestSubmit(); else location.href = dialog.dataset.close; };
  dialog.removeAttribute('open'); // not close(): that would fire a close event
  document.querySelector('.shell')?.removeAttribute('inert');
  dialog.showModal();
  if (dialog.contains(focused)) focused.focus();
  dialog.addEventListener('cancel', event => { event.preventDefault(); leave(); });
  // A browser may close on a second Escape whatever we say: never lose a secret to that.
  dialog.addEventListener('close', () => { if (tick) dialog.showModal(); leave(); });
  if (tick) {
    let sent = false;
    tick.form.addEventListener('submit', () => { sent = true; });
    addEventListener('beforeunload', event => { if (!sent && !tick.checked) event.preventDefault(); });
  }
}

// 2. Copy to clipboard: <button data-copy="id of the element that holds the text">
const select = source => {
  if (source.select) source.select(); else getSelection().selectAllChildren(source);
};
const copy = async source => {
  try {
    await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
    return true;
  } catch {
    // No permission, or plain HTTP, where there is no navigator.clipboard: the old way, by a selection.
    select(source);
    try { return document.execCommand('copy'); } catch { return false; }
  }
};
document.addEventListener('click', async event => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  if (await copy(source)) {
    delete button.dataset.failed;
    button.dataset.copied = '';
    say('Copied to clipboard');
    setTimeout(() => { delete button.dataset.copied; }, 4000);
  } else {
    select(source);
    button.dataset.failed = '';
    say('Could not copy. The text is selected: press Ctrl and C.');
  }
});

// 3. The secret does not outlive its page: not in the back/forward cache, not in the history.
const secrets = document.querySelectorAll('#secret, #curl');
if (document.getElementById('secret')) {
  const close = document.querySelector('dialog[data-close]').dataset.close;
  addEventListener('pagehide', () => { for (const element of secrets) element.textContent = ''; });
  addEventListener('pageshow', event => { if (event.persisted) location.replace(close); });
} else if (document.querySelector('.shell')) {
  // Any other signed-in page: what comes back from the cache may be old, or the session over. A GET, never a second POST.
  addEventListener('pageshow', event => { if (event.persisted) location.replace(location.href.split('#')[0]); });
}

// 4. A slug is proposed from another field until the person types one: <input data-slug-of="id of that field">
for (const slug of document.querySelectorAll('[data-slug-of]')) {
  const source = document.getElementById(slug.dataset.slugOf);
  let own = slug.value !== '';
  slug.addEventListener('input', () => { own = slug.value !== ''; });
  source.addEventListener('input', () => {
    if (own) return;
    slug.value = source.value.normalize('NFKD').toLowerCase()
      .replace(/\p{M}/gu, '').replace(/ß/g, 'ss')
      .replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '')
      .slice(0, 63).replace(/-+$/, '');
  });
}

// 5. Repeating rows: <div data-rows><ul class="rows"> … <template>. Without us the buttons ask the server for the same.
document.addEventListener('click', event => {
  const add = event.target.closest('[data-add-row]');
  const remove = event.target.closest('[data-remove-row]');
  if (!add && !remove) return;
  event.preventDefault();
  const group = (add || remove).closest('[data-rows]');
  const list = group.querySelector('.rows');
  if (add && list.children.length >= Number(group.dataset.max || Infinity)) {
    say(`There can be ${group.dataset.max} rows at most`);
  } else if (add) {
    const number = Number(group.dataset.next || list.children.length);
    group.dataset.next = number + 1;
    const row = group.querySelector('template').content.firstElementChild.cloneNode(true);
    for (const element of row.querySelectorAll('*')) {
      for (const name of ['id', 'for', 'name', 'value', 'aria-label']) {
        if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replace('{n}', number));
      }
    }
    list.append(row);
    row.querySelector('select, input').focus();
  } else {
    const row = remove.closest('.row-item');
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    (next?.querySelector('select, input') || group.querySelector('[data-add-row]')).focus();
    say('Row removed');
  }
});

// Words about the rows of a form: once the rows change, the words are those of before.
for (const words of document.querySelectorAll('[data-words]')) {
  const rows = words.closest('section').querySelector('[data-rows]');
  const outdate = () => {
    for (const old of words.querySelectorAll('[data-current]')) old.hidden = true;
    words.querySelector('[data-outdated]').hidden = false;
  };
  rows.addEventListener('change', outdate);
  rows.addEventListener('click', event => { if (event.target.closest('[data-remove-row]')) outdate(); });
}

// 6. Add all, Remove all: <button data-tick="all"> in the fieldset of its tick boxes.
document.addEventListener('click', event => {
  const button = event.target.closest('[data-tick]');
  if (!button) return;
  event.preventDefault();
  const boxes = button.closest('fieldset').querySelectorAll('input[type="checkbox"]:not(:disabled)');
  for (const box of boxes) box.checked = button.dataset.tick === 'all';
  say(`${boxes.length} ${boxes.length === 1 ? 'box' : 'boxes'} ${button.dataset.tick === 'all' ? 'ticked' : 'cleared'}`);
});

// 7. Ctrl or Cmd + K goes to the search field of the list.
document.addEventListener('keydown', event => {
  const search = document.querySelector('.search input');
  if (!search || event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// 8. A secret that somebody looks for stays in the browser: only the id of its key is sent.
document.addEventListener('submit', event => {
  for (const field of event.target.querySelectorAll('[data-no-secret]')) {
    field.value = field.value.replace(/^[^]*?ks_[A-Za-z0-9]+_([0-9A-Za-z]{12})_[^]*$/, '$1');
  }
}, true);

// 9. View transitions: one that the browser skips (a slow page, a second click) is nothing to report.
for (const name of ['pageswap', 'pagereveal']) {
  addEventListener(name, event => { event.viewTransition?.ready.catch(() => {}); });
}

// 10. The first call of a key: <span data-first-use="address of the events">. Nobody is listened for behind another window:
// a browser has few connections for all its windows.
for (const place of document.querySelectorAll('[data-first-use]')) {
  let events = null, over = false;
  const stop = () => { events?.close(); events = null; };
  const listen = () => {
    stop();
    if (over || document.hidden) return;
    events = new EventSource(place.dataset.firstUse);
    events.addEventListener('used', event => { over = true; stop(); place.textContent = event.data; say(event.data); });
    events.addEventListener('end', () => { over = true; stop(); });
  };
  document.addEventListener('visibilitychange', listen);
  addEventListener('pagehide', stop);
  listen();
}

// 11. Suggestions of tags follow what is typed: <input list="…" data-suggest="tags">. Without us they are the first ones. A
// key that is pasted here is none of them, and goes nowhere.
let asking = 0;
const suggest = async field => {
  const { suggest: of } = field.dataset, number = ++asking;
  const before = of === 'values' ? `${field.closest('.row-item').querySelector('[data-suggest=keys]').value}:` : '';
  const typed = before + field.value;
  await new Promise(resolve => { setTimeout(resolve, 150); });
  if (number !== asking || typed.includes('ks_')) return;
  const answer = await fetch(`/api-keys/tags?of=${of}&q=${encodeURIComponent(typed)}`).catch(() => null);
  if (number !== asking || !answer?.ok || answer.redirected) return;
  const options = (await answer.json()).map(text => { const option = document.createElement('option'); option.value = text; return option; });
  field.list?.replaceChildren(...options);
};
for (const event of ['input', 'focusin']) {
  document.addEventListener(event, ({ target }) => { if (target.matches('[data-suggest]')) suggest(target); });
}

// 12. A form that changes something is sent once. A second click would discard the first answer, and with it a secret that is
// shown once. The page may be used again when it is shown again, or when the browser gives up on the answer.
let sending = null;
const rest = () => {
  for (const name of ['aria-busy', 'aria-disabled']) sending?.removeAttribute(name);
  sending = null;
};
document.addEventListener('submit', event => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.getAttribute('method') !== 'post') return;
  if (sending) { event.preventDefault(); return; }
  // Enter presses the first button, which may be one that nobody sees.
  sending = submitter && !submitter.ariaHidden ? submitter : form.querySelector('button:not([aria-hidden], [name])') || form;
  for (const name of ['aria-busy', 'aria-disabled']) sending.setAttribute(name, 'true');
});
addEventListener('pageshow', rest);
window.navigation?.addEventListener('navigateerror', rest);
