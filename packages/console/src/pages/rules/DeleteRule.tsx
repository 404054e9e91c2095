import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { call } from '../../api/client.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { GuardedButton } from '../../components/GuardedButton.tsx'
import { ProblemView } from '../../components/ProblemView.tsx'
import { commandOf } from '../../format/shell.ts'
import { actionFor } from './about.ts'

/** Deletes the version that was read, after a question. */
export function DeleteRule(props: { kind: string; namespace: string; name: string; resourceVersion: string }) {
  const { t } = useTranslation()
  const [, go] = useLocation()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const { kind, namespace, name, resourceVersion } = props
  const full = `${kind} ${namespace ? `${namespace}/` : ''}${name}`
  const deleting = useMutation({
    mutationFn: () =>
      call('deleteObject', { params: { kind, namespace: namespace || '-', name }, query: { resourceVersion } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['listObjects'] })
      void queries.invalidateQueries({ queryKey: ['listKinds'] })
      go(`/rules?kind=${kind}`)
    },
  })
  const close = () => {
    deleting.reset()
    setAsking(false)
  }
  return (
    <>
      <GuardedButton
        action={actionFor(kind)}
        variant="default"
        leftSection={<IconTrash size={15} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {t('common.delete')}
      </GuardedButton>
      <Modal
        opened={asking}
        onClose={close}
        title={`${t('common.delete')}: ${full}`}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Stack gap={12}>
          <Text size="sm">{t('rules.deleteText')}</Text>
          {deleting.error && <ProblemView error={deleting.error} />}
          <Group justify="space-between">
            <CopyCommand
              commands={[
                commandOf(
                  'kubectl',
                  '--context',
                  'mesh',
                  'delete',
                  kind.toLowerCase(),
                  name,
                  ...(namespace ? ['-n', namespace] : []),
                ),
              ]}
            />
            <Group gap={8}>
              <Button variant="default" onClick={close}>
                {t('common.cancel')}
              </Button>
              <Button color="red" loading={deleting.isPending} onClick={() => deleting.mutate()}>
                {t('common.delete')}
              </Button>
            </Group>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
