import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../api/client.ts'
import { CommandLine } from './CopyCommand.tsx'
import { ProblemView } from './ProblemView.tsx'

/** Before an object goes: which, and the command that does the same. The version that was seen goes, or none. */
export function ConfirmDelete(props: {
  opened: boolean
  onClose: () => void
  target: { readonly kind: string; readonly namespace: string; readonly name: string }
  resourceVersion: string | undefined
  command: string
  onDeleted: () => void
}) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const { kind, namespace, name } = props.target
  const title = `${t('common.delete')}: ${kind} ${namespace ? `${namespace}/` : ''}${name}`
  const removing = useMutation({
    mutationFn: () =>
      call('deleteObject', {
        params: { kind, namespace: namespace || '-', name },
        query: { resourceVersion: props.resourceVersion },
      }),
    onSuccess: () => {
      notifications.show({ message: title, color: 'harbour', closeButtonProps: { 'aria-label': t('common.close') } })
      queries.removeQueries({ queryKey: ['getObject', kind, namespace, name] })
      void queries.invalidateQueries({ queryKey: ['listObjects'] })
      props.onDeleted()
      props.onClose()
    },
  })
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={title}
      size={620}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap={12}>
        {removing.error && <ProblemView error={removing.error} />}
        <Text size="sm">{t('common.deleteText')}</Text>
        <CommandLine command={props.command} />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={props.onClose}>
            {t('common.cancel')}
          </Button>
          <Button color="red.9" loading={removing.isPending} onClick={() => removing.mutate()}>
            {t('common.delete')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
