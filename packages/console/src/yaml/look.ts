import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { nonce } from '../app/nonce.ts'

const colors = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--i-accent)' },
  { tag: [tags.string, tags.content], color: 'var(--i-ink)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--i-region-2)' },
  { tag: tags.comment, color: 'var(--i-ink-3)', fontStyle: 'italic' },
  { tag: [tags.separator, tags.punctuation, tags.meta], color: 'var(--i-ink-3)' },
])

/** How YAML looks here, in both colour schemes; its style elements carry the page's nonce. */
export function look(height: string | undefined): Extension {
  return [
    EditorView.cspNonce.of(nonce()),
    syntaxHighlighting(colors),
    EditorView.theme({
      '&': { fontSize: '12.5px', background: 'var(--i-sunk)', color: 'var(--i-ink)', ...(height && { height }) },
      '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.55', overflow: 'auto' },
      '.cm-gutters': { background: 'transparent', color: 'var(--i-ink-3)', border: 'none' },
      '.cm-activeLine, .cm-activeLineGutter': { background: 'color-mix(in srgb, var(--i-accent) 7%, transparent)' },
      '&.cm-focused': { outline: '2px solid var(--i-accent)', outlineOffset: '-1px' },
      '.cm-cursor': { borderLeftColor: 'var(--i-ink)' },
      '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
        background: 'color-mix(in srgb, var(--i-accent) 22%, transparent)',
      },
      '.cm-tooltip': { background: 'var(--i-panel)', color: 'var(--i-ink)', border: '1px solid var(--i-line-strong)' },
      '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--i-accent)', color: 'var(--i-panel)' },
      '.cm-changedLine': { background: 'var(--i-ok-soft) !important' },
      '.cm-changedText': { background: 'color-mix(in srgb, var(--i-ok) 25%, transparent) !important' },
      '.cm-deletedChunk': { background: 'var(--i-failed-soft) !important' },
      '.cm-deletedText, .cm-deletedChunk .cm-deletedText': {
        background: 'color-mix(in srgb, var(--i-failed) 25%, transparent) !important',
      },
      // The marks that come with it are in few fonts.
      '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"…"' },
      '.cm-collapsedLines': { background: 'var(--i-sunk)', color: 'var(--i-ink-3)' },
    }),
  ]
}
