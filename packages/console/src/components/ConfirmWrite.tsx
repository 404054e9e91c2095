import type { Written } from '@isthmus/api'
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../api/client.ts'
import { isConflict } from '../api/problem.ts'
import { CopyCommand } from './CopyCommand.tsx'
import { FindingList } from './FindingList.tsx'
import { ProblemView } from './ProblemView.tsx'
import { YamlDiff } from './YamlEditor.tsx'

/** An object as it was read, or its place where it is new. */
export interface WriteTarget {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** What was read; absent for a new object. */
  readonly was?: { readonly yaml: string; readonly resourceVersion: string }
}

/** Writes an object or tries to: replaces the version that was read, or creates. */
export function write(target: WriteTarget, yaml: string, dryRun: boolean, resourceVersion?: string): Promise<Written> {
  const version = resourceVersion ?? target.was?.resourceVersion
  if (version === undefined)
    return call('createObject', { params: { kind: target.kind }, query: { dryRun }, body: { yaml } })
  return call('replaceObject', {
    params: { kind: target.kind, namespace: target.namespace || '-', name: target.name },
    query: { dryRun, resourceVersion: version },
    body: { yaml },
  })
}

/** Before a write: what changes, what the API server says of it (dry run), and a way out when somebody else was faster. */
export function ConfirmWrite(props: {
  opened: boolean
  onClose: () => void
  target: WriteTarget
  yaml: string
  commands?: readonly string[]
  onWritten: (written: Written) => void
  /** Takes what is there instead; the editor shows it. */
  onTheirs: () => void
}) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const { target, yaml, opened } = props
  const [over, setOver] = useState<string>()
  const version = over ?? target.was?.resourceVersion
  const tried = useQuery({
    queryKey: ['dryRun', target.kind, target.namespace, target.name, version, yaml],
    queryFn: () => write(target, yaml, true, version),
    enabled: opened,
    gcTime: 0,
    staleTime: 0,
  })
  const saving = useMutation({
    mutationFn: () => write(target, yaml, false, version),
    onSuccess: written => {
      notifications.show({
        message: `${t('common.saved')}: ${target.kind} ${target.name}`,
        color: 'harbour',
        closeButtonProps: { 'aria-label': t('common.close') },
      })
      void queries.invalidateQueries({ queryKey: ['getObject'] })
      void queries.invalidateQueries({ queryKey: ['listObjects'] })
      setOver(undefined)
      props.onWritten(written)
      props.onClose()
    },
  })
  const refused = isConflict(saving.error) || isConflict(tried.error)
  const theirs = useQuery({
    queryKey: ['theirs', target.kind, target.namespace, target.name],
    queryFn: () =>
      call('getObject', { params: { kind: target.kind, namespace: target.namespace || '-', name: target.name } }),
    enabled: opened && refused,
    gcTime: 0,
    staleTime: 0,
  })
  // The control plane writes an object's status, which makes a new version of it: nobody changed what one would write over.
  const sameText = refused && theirs.data !== undefined && theirs.data.yaml === target.was?.yaml
  const conflict = refused && !sameText && (theirs.data !== undefined || theirs.error !== null)
  const { reset } = saving
  useEffect(() => {
    if (!sameText) return
    reset()
    setOver(theirs.data?.resourceVersion)
  }, [sameText, theirs.data?.resourceVersion, reset])
  const close = () => {
    saving.reset()
    setOver(undefined)
    props.onClose()
  }
  const before = conflict ? theirs.data?.yaml : target.was?.yaml
  const error = refused && !conflict ? null : (saving.error ?? tried.error)
  return (
    <Modal
      opened={opened}
      onClose={close}
      size={860}
      title={`${t('common.save')}: ${target.kind} ${target.namespace ? `${target.namespace}/` : ''}${target.name}`}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap={12}>
        {conflict ? (
          <Alert color="yellow" title={t('common.conflict')} role="alert">
            {t('common.conflictText')}
          </Alert>
        ) : (
          error && <ProblemView error={error} />
        )}
        <Text size="sm" fw={600}>
          {t('common.diff')}
        </Text>
        <YamlDiff
          key={`${before}`}
          before={before ?? ''}
          after={yaml}
          label={t('common.diff')}
          height="min(46vh, 420px)"
        />
        {!error && (
          <Text size="sm" c={tried.data ? 'var(--i-ok)' : 'dimmed'} role="status">
            {tried.data ? t('common.dryRun') : t('common.dryRunning')}
          </Text>
        )}
        {tried.data && tried.data.findings.length > 0 && <FindingList findings={tried.data.findings} />}
        <Group justify="space-between">
          <div>{props.commands && <CopyCommand commands={props.commands} />}</div>
          <Group gap={8}>
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            {conflict ? (
              <>
                <Button
                  variant="default"
                  onClick={() => {
                    close()
                    props.onTheirs()
                  }}
                >
                  {t('common.takeTheirs')}
                </Button>
                <Button
                  color="red.9"
                  disabled={!theirs.data}
                  onClick={() => {
                    saving.reset()
                    setOver(theirs.data?.resourceVersion)
                  }}
                >
                  {t('common.writeMine')}
                </Button>
              </>
            ) : (
              <Button onClick={() => saving.mutate()} loading={saving.isPending} disabled={!tried.data}>
                {t('common.save')}
              </Button>
            )}
          </Group>
        </Group>
      </Stack>
    </Modal>
  )
}
