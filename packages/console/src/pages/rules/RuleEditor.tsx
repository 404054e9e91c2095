import type { Finding } from '@isthmus/api'
import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { useApi } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { ConfirmWrite } from '../../components/ConfirmWrite.tsx'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { FindingList } from '../../components/FindingList.tsx'
import { GuardedButton } from '../../components/GuardedButton.tsx'
import { Panel } from '../../components/Panel.tsx'
import { YamlEditor } from '../../components/YamlEditor.tsx'
import { actionFor, nameIn, pageOf } from './about.ts'
import styles from './Rules.module.css'
import { Versions } from './Versions.tsx'

/** The YAML of an object, with what is wrong and the versions before beside it. */
export function RuleEditor(props: {
  kind: string
  /** As it was read; absent for a new object. */
  was?: { readonly namespace: string; readonly name: string; readonly yaml: string; readonly resourceVersion: string }
  template?: string
  findings: readonly Finding[]
  onReload: () => void
}) {
  const { t } = useTranslation()
  const [, go] = useLocation()
  const { kind, was } = props
  const denied = useDenied(actionFor(kind))
  const schema = useApi('getKindSchema', { params: { kind } })
  const [edit, setEdit] = useState<{ text: string; base: { yaml: string; resourceVersion: string } | undefined }>()
  const [saving, setSaving] = useState(false)
  const text = edit?.text ?? was?.yaml ?? props.template ?? ''
  // The version under edit is the one that editing began with: a newer one is a conflict, and is shown as one.
  const base = edit?.base ?? (was && { yaml: was.yaml, resourceVersion: was.resourceVersion })
  const named = was ?? nameIn(text)
  const changed = was === undefined || (edit !== undefined && edit.text !== base?.yaml)
  const change = (next: string) => setEdit({ text: next, base })
  const discard = () => setEdit(undefined)
  const command = `kubectl --context mesh apply -f - <<'EOF'\n${text}EOF`
  return (
    <div className={styles.edit}>
      <Panel
        title={t('common.yaml')}
        text={denied ?? t('rules.editText')}
        aside={edit && was && was.resourceVersion !== base?.resourceVersion && <b>{t('rules.movedOn')}</b>}
      >
        <YamlEditor
          value={text}
          label={`${kind} YAML`}
          onChange={change}
          readOnly={denied !== undefined}
          schema={schema.data?.schema}
          height="calc(100vh - 290px)"
        />
        <div className={styles.foot}>
          <CopyCommand commands={[command]} />
          <Group gap={8}>
            <Button variant="default" disabled={edit === undefined} onClick={discard}>
              {t('rules.discard')}
            </Button>
            <GuardedButton
              action={actionFor(kind)}
              disabled={!changed || named.name === ''}
              onClick={() => setSaving(true)}
            >
              {t('rules.review')}
            </GuardedButton>
          </Group>
        </div>
      </Panel>
      <div className={styles.side}>
        <Panel title={t('common.findings')}>
          {props.findings.length > 0 ? (
            <FindingList findings={props.findings} />
          ) : (
            <p className={styles.none}>{was ? t('rules.noFindings') : t('rules.notSaved')}</p>
          )}
        </Panel>
        {was && <Versions kind={kind} namespace={was.namespace} name={was.name} current={was} onTake={change} />}
      </div>
      <ConfirmWrite
        opened={saving}
        onClose={() => setSaving(false)}
        target={{ kind, namespace: named.namespace, name: named.name, ...(was && base && { was: base }) }}
        yaml={text}
        commands={[command]}
        onWritten={({ object }) => {
          discard()
          props.onReload()
          if (!was) go(pageOf(kind, named.namespace, object.metadata.name))
        }}
        onTheirs={() => {
          discard()
          props.onReload()
        }}
      />
    </div>
  )
}
