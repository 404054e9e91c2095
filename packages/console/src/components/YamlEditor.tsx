import { lazy, Suspense } from 'react'
import { Loading } from './Loading.tsx'

const Code = lazy(() => import('../yaml/CodeEditor.tsx'))
const Diff = lazy(() => import('../yaml/CodeDiff.tsx'))

export interface YamlEditorProps {
  readonly value: string
  readonly label: string
  readonly onChange?: (text: string) => void
  readonly readOnly?: boolean
  /** A kind's openAPIV3Schema: completion, and what does not fit it is marked. */
  readonly schema?: object
  /** CSS */
  readonly height?: string
}

/** YAML text to edit; the editor is fetched when first shown. */
export function YamlEditor(props: YamlEditorProps) {
  return (
    <Suspense fallback={<Loading rows={8} />}>
      <Code {...props} />
    </Suspense>
  )
}

/** What changes from one text to another. */
export function YamlDiff(props: { before: string; after: string; label: string; height?: string }) {
  return (
    <Suspense fallback={<Loading rows={8} />}>
      <Diff {...props} />
    </Suspense>
  )
}
