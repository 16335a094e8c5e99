// What was typed in a form is kept in this browser until it is saved, thrown away, or its writer signs out.
// It is enciphered with a key that only pages of the same person carry: without signing in nobody reads it here.

const DAYS = 14
const SKIPPED = new Set(['password', 'file', 'hidden', 'submit', 'button', 'image', 'reset'])
const SENT = 'draft sent'
const mark = document.body.dataset.drafts
const mine = mark ? `draft ${mark} ` : null
const form = document.querySelector('form[data-draft-key]')

// Secret keys need a page that came over https, or from this machine; elsewhere nothing is kept.
if (mine && window.crypto?.subtle && window.localStorage) start()

function start() {
  tidy()
  for (const leaving of document.querySelectorAll('form[data-ends-drafts], form[action="/accounts/logout/"]'))
    leaving.addEventListener('submit', () => names().forEach(name => localStorage.removeItem(name)))
  if (form) keepDraft(form, mine + location.pathname)
}

function names() {
  return Object.keys(localStorage).filter(name => name.startsWith(mine))
}

// What was saved is no draft any more; what nobody came back to for two weeks neither.
function tidy() {
  if (document.querySelector('[data-saved]') && sessionStorage.getItem(SENT)) localStorage.removeItem(sessionStorage.getItem(SENT))
  sessionStorage.removeItem(SENT)
  for (const name of Object.keys(localStorage).filter(name => name.startsWith('draft ')))
    if (!(read(name)?.at > Date.now() - DAYS * 86400_000)) localStorage.removeItem(name)
}

function read(name) {
  try { return JSON.parse(localStorage.getItem(name)) } catch { return null }
}

async function keepDraft(form, name) {
  const key = await crypto.subtle.importKey('raw', unpacked(form.dataset.draftKey), 'AES-GCM', false, ['encrypt', 'decrypt'])
  const refused = document.getElementById('faults')
  const first = refused ? null : JSON.stringify(typed(form))
  const version = () => form.elements.version?.value ?? null
  let waiting

  async function save() {
    clearTimeout(waiting)
    const fields = typed(form)
    if (JSON.stringify(fields) === first) return localStorage.removeItem(name)
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const told = new TextEncoder().encode(JSON.stringify({ fields, version: version() }))
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, told))
    try { localStorage.setItem(name, JSON.stringify({ at: Date.now(), iv: packed(iv), sealed: packed(sealed) })) } catch { /* it is full */ }
  }

  // A form that was refused holds what was typed already.
  const draft = refused ? null : await opened(read(name), key)
  if (!draft) localStorage.removeItem(name)
  else if (JSON.stringify(draft.fields) !== JSON.stringify(typed(form))) offer(form, draft, () => localStorage.removeItem(name))
  if (refused) save()
  for (const event of ['input', 'change'])
    form.addEventListener(event, () => { clearTimeout(waiting); waiting = setTimeout(save, 300) })
  form.addEventListener('submit', () => { sessionStorage.setItem(SENT, name); save() })
}

async function opened(kept, key) {
  try {
    const told = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: unpacked(kept.iv) }, key, unpacked(kept.sealed))
    return { ...JSON.parse(new TextDecoder().decode(told)), at: kept.at }
  } catch { return null }
}

function offer(form, draft, forget) {
  const box = document.getElementById('draft').content.firstElementChild.cloneNode(true)
  const words = box.querySelector('[data-when]')
  const when = new Date(draft.at)
  const language = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang
  words.textContent = words.textContent.replace('{when}', when.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' }))
  box.querySelector('[data-use]').addEventListener('click', () => {
    put(form, draft.fields)
    // What was read then is what was changed: the server tells what others changed since.
    if (draft.version && form.elements.version) form.elements.version.value = draft.version
    box.remove()
    fields(form)[0]?.focus()
  })
  box.querySelector('[data-throw]').addEventListener('click', () => {
    forget()
    box.remove()
    fields(form)[0]?.focus()
  })
  // The place is a live region: what comes into it is read out.
  document.getElementById('draft-offer').append(box)
}

function fields(form) {
  return [...form.elements].filter(field => field.name && !SKIPPED.has(field.type))
}

function typed(form) {
  const told = {}
  for (const field of fields(form)) {
    const values = (told[field.name] ??= [])
    if (field.type === 'checkbox' || field.type === 'radio') { if (field.checked) values.push(field.value) }
    else if (field.type === 'select-multiple') values.push(...[...field.selectedOptions].map(option => option.value))
    else values.push(field.value)
  }
  return told
}

function put(form, told) {
  for (const field of fields(form)) {
    const values = told[field.name]
    if (!values) continue
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(field.value)
    else if (field.type === 'select-multiple') for (const option of field.options) option.selected = values.includes(option.value)
    else field.value = values[0] ?? ''
    if (field.tomselect) showChosen(field)
    field.dispatchEvent(new Event('change', { bubbles: true }))
  }
}

// A field in which a record is chosen by typing has a box before it that shows what it holds.
function showChosen(field) {
  const value = field.value
  if (value && !field.tomselect.options[value]) field.tomselect.addOption({ code: value, words: value })
  field.tomselect.setValue(value, true)
}

function packed(bytes) {
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))
}

function unpacked(text) {
  return Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
}
