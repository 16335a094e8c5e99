// Parts of a page by htmx, and the little that pages need besides: drafts, menus that close, maps where a page has one.
import 'htmx.org'
import './drafts.js'

document.addEventListener('click', event => closeMenus(event.target))
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return
  const open = document.querySelector('details.menu[open]')
  if (!open) return
  open.removeAttribute('open')
  open.querySelector('summary').focus()
})

function closeMenus(except) {
  for (const menu of document.querySelectorAll('details.menu[open]'))
    if (!menu.contains(except)) menu.removeAttribute('open')
}

// After a form that was refused, the reader is taken to what is wrong with it.
document.getElementById('faults')?.focus()

// Refusals are pages too: what they say is shown. A gone session leads to sign-in.
document.addEventListener('htmx:beforeSwap', event => {
  if ([400, 403, 404, 409, 422].includes(event.detail.xhr.status)) event.detail.shouldSwap = true
})

// Fields in which a record is chosen by typing.
const choosing = document.querySelector('form[data-picker-url]')
if (choosing?.querySelector('[data-choices], select')) import(choosing.dataset.pickerUrl).then(({ pick }) => pick(choosing))

const drawMaps = async () => {
  for (const place of document.querySelectorAll('[data-map]:not([data-drawn])')) {
    place.setAttribute('data-drawn', '')
    const { draw } = await import(place.dataset.mapUrl)
    draw(place)
  }
}
document.addEventListener('htmx:load', drawMaps)
drawMaps()
