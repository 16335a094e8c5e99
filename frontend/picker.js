// Choosing a record by typing: at most 20 answers of the server, or of a list that is on the page already.
import TomSelect from '@tabler/core/dist/libs/tom-select/dist/js/tom-select.base.min.js'

const LETTERS = 3
const MOST = 20
const LONG_LIST = 12

export function pick(form) {
  const words = form.dataset
  const said = { no_results: () => note(words.pickNothing), loading: () => note(words.pickLoading), not_loading: null }
  for (const field of form.querySelectorAll('input[data-choices]')) fromServer(field, said)
  for (const field of form.querySelectorAll('select:not([multiple])'))
    if (field.options.length > LONG_LIST) new TomSelect(field, { ...common(field), maxOptions: null, render: said })
}

// A code may also be typed to its end and left as it is: the server judges it.
function fromServer(field, said) {
  const picker = new TomSelect(field, {
    ...common(field),
    maxOptions: MOST,
    create: true,
    createOnBlur: true,
    persist: false,
    delimiter: '\u0000',
    valueField: 'code',
    labelField: 'words',
    searchField: [],
    score: () => () => 1,
    shouldLoad: query => query.trim().length >= LETTERS,
    render: { ...said, option_create: () => null },
    async load(query, answer) {
      picker.clearOptions()
      try {
        const found = await fetch(`${field.dataset.choices}?q=${encodeURIComponent(query)}`)
        answer(found.ok ? (await found.json()).choices : [])
      } catch { answer([]) }
    }
  })
}

function common(field) {
  return { maxItems: 1, closeAfterSelect: true, loadThrottle: 250, onInitialize() { label(field, this) } }
}

// The library names its box by the field; faults and hints of the field belong to it too.
function label(field, picker) {
  for (const name of ['aria-describedby', 'aria-invalid'])
    if (field.hasAttribute(name)) picker.control_input.setAttribute(name, field.getAttribute(name))
  // The field itself is sent, but neither seen nor heard; what led to it leads to the box.
  field.hidden = true
  for (const way of document.querySelectorAll(`a[href="#${field.id}"]`)) way.href = `#${picker.control_input.id}`
}

function note(words) {
  const box = document.createElement('div')
  box.className = 'no-results'
  box.textContent = words
  return box
}
