import { autocompletion } from '@codemirror/autocomplete'
import { yaml } from '@codemirror/lang-yaml'
import { linter, lintGutter } from '@codemirror/lint'
import { Compartment, EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { useEffect, useRef } from 'react'
import type { YamlEditorProps } from '../components/YamlEditor.tsx'
import styles from './CodeEditor.module.css'
import { completionsOf } from './completion.ts'
import { problemsOf } from './lint.ts'
import { look } from './look.ts'

/** CodeMirror for YAML. Text that comes from outside replaces what is there only where it differs. */
export default function CodeEditor({ value, label, onChange, readOnly = false, schema, height }: YamlEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const changed = useRef(onChange)
  changed.current = onChange
  /** The text as it was last given. */
  const latest = useRef(value)
  const schemaPart = useRef(new Compartment())
  const lockPart = useRef(new Compartment())

  useEffect(() => {
    const editor = new EditorView({
      parent: place.current as HTMLElement,
      state: EditorState.create({
        doc: latest.current,
        extensions: [
          basicSetup,
          yaml(),
          lintGutter(),
          look(height),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          schemaPart.current.of([]),
          lockPart.current.of([]),
          EditorView.updateListener.of(update => {
            if (!update.docChanged) return
            const text = update.state.doc.toString()
            // What came from outside is no edit.
            if (text === latest.current) return
            latest.current = text
            changed.current?.(text)
          }),
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
  }, [label, height])

  useEffect(() => {
    view.current?.dispatch({
      effects: schemaPart.current.reconfigure([
        linter(editor => problemsOf(editor.state.doc.toString(), schema), { delay: 250 }),
        schema ? autocompletion({ override: [completionsOf(schema)] }) : [],
      ]),
    })
  }, [schema])

  useEffect(() => {
    view.current?.dispatch({
      effects: lockPart.current.reconfigure(
        readOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(false)] : [],
      ),
    })
  }, [readOnly])

  useEffect(() => {
    latest.current = value
    const editor = view.current
    if (!editor) return
    const there = editor.state.doc.toString()
    if (there !== value) editor.dispatch({ changes: { from: 0, to: there.length, insert: value } })
  }, [value])

  return <div ref={place} className={styles.editor} />
}
