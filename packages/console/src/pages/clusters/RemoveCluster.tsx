import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { call } from '../../api/client.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { GuardedButton } from '../../components/GuardedButton.tsx'
import { ProblemView } from '../../components/ProblemView.tsx'
import { commandOf } from '../../format/shell.ts'

/** Takes a cluster out of the mesh, after a question. */
export function RemoveCluster({ cluster }: { cluster: string }) {
  const { t } = useTranslation()
  const [, go] = useLocation()
  const [asking, setAsking] = useState(false)
  const removing = useMutation({
    mutationFn: () => call('removeCluster', { params: { cluster } }),
    onSuccess: () => go('/clusters'),
  })
  const close = () => {
    removing.reset()
    setAsking(false)
  }
  return (
    <>
      <GuardedButton action="addClusters" variant="default" onClick={() => setAsking(true)}>
        {t('clusters.remove')}
      </GuardedButton>
      <Modal
        opened={asking}
        onClose={close}
        title={`${t('clusters.remove')}: ${cluster}`}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Stack gap={12}>
          <Text size="sm">{t('clusters.removeText')}</Text>
          {removing.error && <ProblemView error={removing.error} />}
          <Group justify="space-between">
            <CopyCommand commands={[commandOf('isthmus', 'cluster', 'remove', cluster)]} />
            <Group gap={8}>
              <Button variant="default" onClick={close}>
                {t('common.cancel')}
              </Button>
              <Button color="red" loading={removing.isPending} onClick={() => removing.mutate()}>
                {t('clusters.remove')}
              </Button>
            </Group>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
