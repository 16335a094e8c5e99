// A map of nodes and legs over the countries, all from this server: <div data-map data-nodes-url="..."> (GeoJSON).
//
// Points have the properties name, words, address and load (share of a limit, 0 to 1); lines have name, words, flow
// (drawn as width) and load. The table beside the map says the same, so that nothing depends on seeing the map.
import { LngLatBounds, Map, Marker, NavigationControl, Popup, setWorkerUrl } from './maplibre-gl.mjs'

const TONES = {
  light: { water: '#dfe6ee', land: '#f7f5f0', border: '#b3bac4', calm: '#3a6ea5', full: '#b3261e' },
  dark: { water: '#1c2735', land: '#2a3647', border: '#526072', calm: '#7fb0ea', full: '#ff8a80' }
}
const FULL = 0.95
const NAMED = 5.5
const FEW = 12

export async function draw(place) {
  setWorkerUrl(new URL('maplibre-gl-worker.mjs', import.meta.url).href)
  addStyles(place.dataset.styleUrl)
  const words = place.querySelector('.map-words')
  let shown
  try {
    shown = await (await fetch(place.dataset.nodesUrl, { headers: { Accept: 'application/geo+json, application/json' } })).json()
  } catch {
    words.textContent = place.dataset.failed
    return
  }
  words?.remove()
  const theme = document.documentElement.getAttribute('data-bs-theme') === 'dark' ? 'dark' : 'light'
  const map = new Map({
    container: place,
    style: style(place.dataset.countriesUrl, shown, TONES[theme]),
    bounds: boundsOf(shown.features),
    fitBoundsOptions: { padding: 60, maxZoom: 6 },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    renderWorldCopies: false,
    maxZoom: 9
  })
  // The canvas takes the name over: two landmarks of one name would be told as one.
  map.getCanvas().setAttribute('aria-label', place.getAttribute('aria-label'))
  place.removeAttribute('role')
  place.removeAttribute('aria-label')
  map.addControl(new NavigationControl({ showCompass: false }))
  for (const feature of shown.features) if (feature.geometry.type === 'Point') addNode(map, feature)
  // From afar names would lie on each other: they show near by, and for the node that is pointed at or reached by keys.
  const named = () => place.classList.toggle('map-named', map.getZoom() >= NAMED || places(shown) <= FEW)
  map.on('zoom', named)
  named()
  map.on('click', 'legs', event => tell(map, event.lngLat, event.features[0].properties))
  place.map = map
}

const places = shown => shown.features.filter(feature => feature.geometry.type === 'Point').length

function addStyles(address) {
  if (document.querySelector(`link[href="${address}"]`)) return
  document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: address }))
}

// Where most nodes are: of many, a tenth at each side may lie outside, so that a far port does not shrink the rest.
function boundsOf(features) {
  const places = features.filter(feature => feature.geometry.type === 'Point').map(feature => feature.geometry.coordinates)
  const outside = places.length > 20 ? Math.floor(places.length / 10) : 0
  const bounds = new LngLatBounds()
  if (places.length) {
    const [west, east] = ends(places.map(place => place[0]), outside)
    const [south, north] = ends(places.map(place => place[1]), outside)
    bounds.extend([west, south]).extend([east, north])
  }
  return bounds.isEmpty() ? new LngLatBounds([-12, 34], [45, 66]) : bounds
}

function ends(numbers, outside) {
  const sorted = numbers.sort((one, other) => one - other)
  return [sorted[outside], sorted[sorted.length - 1 - outside]]
}

function style(countries, shown, tone) {
  const most = Math.max(1, ...shown.features.map(feature => feature.properties.flow ?? 0))
  const color = ['case', ['>=', ['coalesce', ['get', 'load'], 0], FULL], tone.full, tone.calm]
  return {
    version: 8,
    sources: {
      countries: { type: 'geojson', data: new URL(countries, location.href).href },
      shown: { type: 'geojson', data: shown }
    },
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': tone.water } },
      { id: 'land', type: 'fill', source: 'countries', paint: { 'fill-color': tone.land } },
      { id: 'borders', type: 'line', source: 'countries', paint: { 'line-color': tone.border, 'line-width': 0.8 } },
      {
        id: 'legs', type: 'line', source: 'shown', filter: ['==', ['geometry-type'], 'LineString'],
        layout: { 'line-cap': 'round' },
        paint: { 'line-color': color, 'line-opacity': 0.85, 'line-width': ['interpolate', ['linear'], ['coalesce', ['get', 'flow'], 0], 0, 1.5, most, 9] }
      }
    ]
  }
}

// A node is a button: reached by the keyboard, named, and its load fills it from below.
function addNode(map, feature) {
  const { name, load } = feature.properties
  const node = document.createElement('button')
  node.type = 'button'
  node.className = load >= FULL ? 'node node-full' : 'node'
  node.setAttribute('aria-label', load === undefined ? name : `${name}, ${Math.round(load * 100)} %`)
  const fill = document.createElement('span')
  fill.className = 'node-fill'
  fill.style.height = `${Math.round(100 * Math.min(1, load ?? 0))}%`
  const label = document.createElement('span')
  label.className = 'node-name'
  label.textContent = name
  node.append(fill, label)
  node.addEventListener('click', event => {
    event.stopPropagation()
    tell(map, feature.geometry.coordinates, feature.properties)
  })
  new Marker({ element: node }).setLngLat(feature.geometry.coordinates).addTo(map)
}

function tell(map, where, { name, words, address }) {
  const box = document.createElement('div')
  const title = document.createElement(address ? 'a' : 'strong')
  title.textContent = name
  if (address) title.href = address
  const line = document.createElement('p')
  line.textContent = words ?? ''
  box.append(title, line)
  new Popup({ focusAfterOpen: true, offset: 12 }).setLngLat(where).setDOMContent(box).addTo(map)
}
