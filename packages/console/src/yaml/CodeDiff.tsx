import { yaml } from '@codemirror/lang-yaml'
import { unifiedMergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import styles from './CodeEditor.module.css'
import { look } from './look.ts'

/** Both texts in one, removed lines above the new ones; long unchanged parts folded. */
export default function CodeDiff(props: { before: string; after: string; label: string; height?: string }) {
  const { before, after, label, height } = props
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const editor = new EditorView({
      parent: place.current as HTMLElement,
      state: EditorState.create({
        doc: after,
        extensions: [
          yaml(),
          lineNumbers(),
          look(height),
          EditorView.lineWrapping,
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
          unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 5 } }),
        ],
      }),
    })
    return () => editor.destroy()
  }, [before, after, label, height])
  return <div ref={place} className={styles.editor} />
}
