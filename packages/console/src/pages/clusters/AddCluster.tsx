import { Button, FileButton, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconUpload } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { call } from '../../api/client.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { ProblemView } from '../../components/ProblemView.tsx'
import { commandOf } from '../../format/shell.ts'

/** A cluster from a kubeconfig: its context, its name in the mesh, its API's address as the mesh sees it. */
export function AddCluster({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const [, go] = useLocation()
  const [kubeconfig, setKubeconfig] = useState('')
  const [chosen, setChosen] = useState<string | null>(null)
  const [typed, setTyped] = useState<{ name?: string; server?: string; region?: string }>({})
  const [settled] = useDebouncedValue(kubeconfig, 300)
  const contexts = useQuery({
    // The kubeconfig holds credentials: it is no key, and nothing of it is kept.
    queryKey: ['kubeconfig', settled.length, fingerprint(settled)],
    queryFn: () => call('listKubeconfigContexts', { body: { kubeconfig: settled } }),
    enabled: opened && settled.trim() !== '',
    gcTime: 0,
  })
  const known = contexts.data?.contexts ?? []
  const context = known.find(one => one.name === chosen) ?? known[0]
  const name = typed.name ?? context?.name ?? ''
  const server = typed.server ?? context?.privateServer ?? ''
  useEffect(() => {
    if (opened) return
    setKubeconfig('')
    setTyped({})
    setChosen(null)
  }, [opened])
  const adding = useMutation({
    mutationFn: () =>
      call('addCluster', {
        body: {
          name,
          kubeconfig,
          ...(context && { context: context.name }),
          ...(server && { server }),
          ...(typed.region && { region: typed.region }),
        },
      }),
    onSuccess: () => {
      onClose()
      go(`/clusters/${encodeURIComponent(name)}`)
    },
  })
  const close = () => {
    adding.reset()
    onClose()
  }
  const words = [
    'isthmus',
    'cluster',
    'add',
    name,
    ...(context && context.name !== name ? ['--context', context.name] : []),
  ]
  return (
    <Modal
      opened={opened}
      onClose={close}
      size={680}
      title={t('clusters.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap={12}>
        <Text size="sm" c="dimmed">
          {t('clusters.addText')}
        </Text>
        <Textarea
          label={t('clusters.kubeconfig')}
          autosize
          minRows={6}
          maxRows={14}
          spellCheck={false}
          autoComplete="off"
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
          value={kubeconfig}
          onChange={event => setKubeconfig(event.currentTarget.value)}
        />
        <FileButton onChange={file => void file?.text().then(setKubeconfig)}>
          {props => (
            <Button {...props} variant="default" leftSection={<IconUpload size={15} aria-hidden />}>
              {t('clusters.upload')}
            </Button>
          )}
        </FileButton>
        {contexts.error && <ProblemView error={contexts.error} />}
        <Select
          label={t('clusters.context')}
          data={known.map(one => one.name)}
          value={context?.name ?? null}
          disabled={known.length === 0}
          onChange={value => {
            setChosen(value)
            setTyped({})
          }}
        />
        <TextInput
          label={t('clusters.nameInMesh')}
          value={name}
          onChange={event => setTyped({ ...typed, name: event.currentTarget.value })}
        />
        <TextInput
          label={t('clusters.server')}
          description={t('clusters.serverText', { server: context?.server ?? '' })}
          value={server}
          onChange={event => setTyped({ ...typed, server: event.currentTarget.value })}
        />
        <TextInput
          label={t('clusters.regionIfUnlabelled')}
          description={t('clusters.regionText')}
          value={typed.region ?? ''}
          onChange={event => setTyped({ ...typed, region: event.currentTarget.value })}
        />
        {adding.error && <ProblemView error={adding.error} />}
        <Group justify="space-between">
          <CopyCommand commands={[commandOf(...words)]} />
          <Group gap={8}>
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Button disabled={!context || name === ''} loading={adding.isPending} onClick={() => adding.mutate()}>
              {t('clusters.addIt')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  )
}

/** Tells texts apart without being one (FNV-1a). */
function fingerprint(text: string): number {
  let hash = 2166136261
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619)
  return hash >>> 0
}
