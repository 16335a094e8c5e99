// Before the first paint: where the reader chose neither light nor dark, the system's wish holds.
const page = document.documentElement
if (page.hasAttribute('data-system-theme')) {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const follow = () => page.setAttribute('data-bs-theme', dark.matches ? 'dark' : 'light')
  dark.addEventListener('change', follow)
  follow()
}
