import type { PodRow } from '@isthmus/api'
import { Button, Drawer, Group, Select } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { DataState } from '../../components/DataState.tsx'
import { commandOf } from '../../format/shell.ts'
import styles from './Clusters.module.css'

/** The last lines of one of a pod's containers. */
export function PodLogs({ cluster, pod, onClose }: { cluster: string; pod: PodRow; onClose: () => void }) {
  const { t } = useTranslation()
  const [container, setContainer] = useState(pod.containers[0] ?? '')
  const logs = useApi('getPodLogs', {
    params: { cluster, namespace: pod.namespace, pod: pod.name },
    query: { container, lines: 500 },
  })
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={t('clusters.logsOf', { pod: pod.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Group mb={12} gap={8}>
        <Select
          aria-label={t('clusters.container')}
          data={pod.containers}
          value={container}
          onChange={value => value && setContainer(value)}
        />
        <Button
          variant="default"
          leftSection={<IconRefresh size={15} aria-hidden />}
          loading={logs.isFetching}
          onClick={() => void logs.refetch()}
        >
          {t('clusters.again')}
        </Button>
        <CopyCommand
          commands={[
            commandOf('kubectl', '--context', cluster, '-n', pod.namespace, 'logs', pod.name, '-c', container),
          ]}
        />
      </Group>
      <DataState query={logs} rows={10}>
        {data => (
          <pre className={styles.logs} role="log" tabIndex={0} aria-label={t('clusters.logsOf', { pod: pod.name })}>
            {data.truncated && `${t('clusters.truncated')}\n`}
            {data.lines.join('\n') || t('clusters.noLines')}
          </pre>
        )}
      </DataState>
    </Drawer>
  )
}
