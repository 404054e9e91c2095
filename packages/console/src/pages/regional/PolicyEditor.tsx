import { Button, Group, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { useSession } from '../../api/session.ts'
import { ConfirmDelete } from '../../components/ConfirmDelete.tsx'
import { ConfirmWrite } from '../../components/ConfirmWrite.tsx'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { GuardedButton } from '../../components/GuardedButton.tsx'
import { Loading } from '../../components/Loading.tsx'
import { Panel } from '../../components/Panel.tsx'
import { ProblemView } from '../../components/ProblemView.tsx'
import { YamlEditor } from '../../components/YamlEditor.tsx'
import { commandOf } from '../../format/shell.ts'
import { applyCommand, regionCommands, type Target } from '../../policy/commands.ts'
import { PolicyForm } from './PolicyForm.tsx'
import { PreviewPanel } from './PreviewPanel.tsx'
import styles from './Regional.module.css'
import { useDraft } from './useDraft.ts'

/** A policy as form and as YAML, always in step; what it would change; and the way to save it. */
export function PolicyEditor(props: {
  target: Target & { readonly there: boolean }
  regions: readonly string[]
  locked: boolean
}) {
  const { t } = useTranslation()
  const { regions, locked } = props
  // Between a write and the control plane's own word of the new object.
  const [made, setMade] = useState(false)
  const target = { ...props.target, there: props.target.there || made }
  const { mesh } = useSession()
  const queries = useQueryClient()
  const draft = useDraft(target)
  const [removing, setRemoving] = useState(false)
  const [saving, setSaving] = useState(false)
  const schema = useApi('getKindSchema', {
    params: { kind: 'RegionalTrafficPolicy' },
    enabled: mesh.source === 'mesh',
  })
  if (draft.error && !draft.was) return <ProblemView error={draft.error} onRetry={draft.reload} />
  if (draft.loading) return <Loading rows={10} />
  const { policy, error } = draft.read
  const commands = [...(policy ? regionCommands(target, policy) : []), applyCommand(draft.text)]
  const name = { namespace: target.namespace, name: target.name }
  const others = policy?.services.filter(
    s => target.service && s !== target.service && s !== target.service.split('.')[0],
  )
  return (
    <>
      <div className={styles.editor}>
        <Panel
          title={t('regional.rules')}
          text={
            <>
              {t(draft.was ? 'regional.policy' : 'regional.newPolicy', name)}
              {others && others.length > 0 && <> {t('regional.otherServices', { services: others.join(', ') })}</>}
            </>
          }
          aside={
            <>
              {draft.was && (
                <GuardedButton action="editRegionalTraffic" variant="default" onClick={() => setRemoving(true)}>
                  {t('regional.removePolicy')}
                </GuardedButton>
              )}
              <CopyCommand commands={commands} />
            </>
          }
        >
          {policy ? (
            <PolicyForm
              policy={policy}
              text={draft.text}
              regions={regions}
              locked={locked}
              onChange={draft.change}
              meshWide={!target.service}
            />
          ) : (
            <Text c="var(--i-failed)" role="alert">
              {t('common.yamlBroken', { message: error })}
            </Text>
          )}
        </Panel>
        <Panel title={t('regional.beside')} text={locked ? undefined : t('regional.besideText')}>
          <YamlEditor
            label={`${t('common.yaml')} ${target.namespace}/${target.name}`}
            value={draft.text}
            onChange={draft.change}
            readOnly={locked}
            height="min(62vh, 470px)"
            {...(schema.data && { schema: schema.data.schema })}
          />
        </Panel>
      </div>
      <PreviewPanel
        text={draft.text}
        valid={policy !== undefined}
        dirty={draft.dirty}
        target={target}
        regions={regions}
      />
      {draft.dirty && (
        <div className={styles.bar} role="region" aria-label={t('regional.unsaved')}>
          <Text size="sm" fw={600}>
            {t('regional.unsaved')}
          </Text>
          <Group gap={8} ml="auto">
            <Button variant="default" onClick={draft.discard}>
              {t('regional.discard')}
            </Button>
            <GuardedButton action="editRegionalTraffic" onClick={() => setSaving(true)} disabled={!policy}>
              {t('regional.review')}
            </GuardedButton>
          </Group>
        </div>
      )}
      <ConfirmDelete
        opened={removing}
        onClose={() => setRemoving(false)}
        target={{ kind: 'RegionalTrafficPolicy', ...name }}
        resourceVersion={draft.was?.resourceVersion}
        command={commandOf(
          ...['kubectl', '--context', 'mesh', '-n', target.namespace],
          ...['delete', 'regionaltrafficpolicy', target.name],
        )}
        onDeleted={() => {
          setMade(false)
          draft.discard()
          void queries.invalidateQueries({ queryKey: ['getRegionalTraffic'] })
        }}
      />
      <ConfirmWrite
        opened={saving}
        onClose={() => setSaving(false)}
        target={{ kind: 'RegionalTrafficPolicy', ...name, ...(draft.was && { was: draft.was }) }}
        yaml={draft.text}
        commands={commands}
        onWritten={({ object, yaml, resourceVersion, findings }) => {
          queries.setQueryData(['getObject', 'RegionalTrafficPolicy', target.namespace, target.name], {
            object,
            yaml,
            resourceVersion,
            findings,
          })
          setMade(true)
          draft.discard()
          void queries.invalidateQueries({ queryKey: ['getRegionalTraffic'] })
        }}
        onTheirs={draft.reload}
      />
    </>
  )
}
