import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** The control plane puts a fresh value in its place with each page it serves, and the same one into the policy's header. */
export const noncePlaceholder = '__ISTHMUS_NONCE__'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), packed()],
  html: { cspNonce: noncePlaceholder },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Nothing as a data: address, which the policy would have to allow.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1600,
    // Parts that nearly every page has come in one file, not in thirty.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'parts', test: /console\/src\/(components|format|app|api)\// }] } },
    },
  },
  server: { proxy: { '/api': process.env.ISTHMUS_API ?? 'http://127.0.0.1:8098' } },
})

/** Beside each text a .br and a .gz of it, so that nobody compresses at each request. */
function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    writeBundle({ dir = 'dist' }) {
      const assets = join(dir, 'assets')
      for (const name of readdirSync(assets).filter(file => /\.(js|css|json|svg)$/.test(file))) {
        const text = readFileSync(join(assets, name))
        if (text.length < 1024) continue
        const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
        writeFileSync(join(assets, `${name}.br`), brotliCompressSync(text, options))
        writeFileSync(join(assets, `${name}.gz`), gzipSync(text))
      }
    },
  }
}
