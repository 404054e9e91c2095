import { IconTrash } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { ConfirmDelete } from '../../components/ConfirmDelete.tsx'
import { GuardedButton } from '../../components/GuardedButton.tsx'
import { commandOf } from '../../format/shell.ts'
import { actionFor } from './about.ts'

/** Deletes the version that was read, after a question. */
export function DeleteRule(props: { kind: string; namespace: string; name: string; resourceVersion: string }) {
  const { t } = useTranslation()
  const [, go] = useLocation()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const { kind, namespace, name, resourceVersion } = props
  const place = namespace ? ['-n', namespace] : []
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
      <ConfirmDelete
        opened={asking}
        onClose={() => setAsking(false)}
        target={{ kind, namespace, name }}
        resourceVersion={resourceVersion}
        command={commandOf('kubectl', '--context', 'mesh', 'delete', kind.toLowerCase(), name, ...place)}
        onDeleted={() => {
          void queries.invalidateQueries({ queryKey: ['listKinds'] })
          go(`/rules?kind=${kind}`)
        }}
      />
    </>
  )
}
