import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The control plane puts a fresh value in its place with each page it serves, and the same one into the policy's header. */
export const noncePlaceholder = '__ISTHMUS_NONCE__'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  html: { cspNonce: noncePlaceholder },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Nothing as a data: address, which the policy would have to allow.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1600,
  },
  server: { proxy: { '/api': process.env.ISTHMUS_API ?? 'http://127.0.0.1:8098' } },
})
