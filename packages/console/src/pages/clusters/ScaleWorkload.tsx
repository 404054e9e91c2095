import type { WorkloadRow } from '@isthmus/api'
import { Alert, Button, Group, Modal, NumberInput, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api/client.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { ProblemView } from '../../components/ProblemView.tsx'
import { commandOf } from '../../format/shell.ts'

/** How many replicas; to none is said aloud, for requests leave the region then. */
export function ScaleWorkload(props: { cluster: string; workload: WorkloadRow; onClose: () => void }) {
  const { t } = useTranslation()
  const { cluster, workload, onClose } = props
  const [replicas, setReplicas] = useState(workload.replicas)
  const scaling = useMutation({
    mutationFn: () =>
      call('scaleWorkload', {
        params: { cluster, namespace: workload.namespace, name: workload.name },
        query: { kind: workload.kind },
        body: { replicas },
      }),
    onSuccess: onClose,
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('clusters.scaleOf', { name: workload.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap={12}>
        <NumberInput
          label={t('clusters.replicas')}
          min={0}
          max={1000}
          allowDecimal={false}
          value={replicas}
          onChange={value => setReplicas(Number(value) || 0)}
          data-autofocus
        />
        {replicas === 0 && <Alert color="yellow">{t('clusters.toNone', { cluster })}</Alert>}
        {scaling.error && <ProblemView error={scaling.error} />}
        <Group justify="space-between">
          <CopyCommand
            commands={[
              commandOf(
                ...['kubectl', '--context', cluster, '-n', workload.namespace, 'scale'],
                ...[`${workload.kind.toLowerCase()}/${workload.name}`, `--replicas=${replicas}`],
              ),
            ]}
          />
          <Group gap={8}>
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              disabled={replicas === workload.replicas}
              loading={scaling.isPending}
              onClick={() => scaling.mutate()}
            >
              {t('clusters.scale')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  )
}
