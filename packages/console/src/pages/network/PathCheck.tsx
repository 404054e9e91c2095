import { Button, NumberInput, TextInput } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconRoute } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { useFilters } from '../../app/useFilters.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { DataState } from '../../components/DataState.tsx'
import { Panel } from '../../components/Panel.tsx'
import { commandOf } from '../../format/shell.ts'
import styles from './Network.module.css'

/** From a pod, node or cluster to an address: hop by hop, where it stops and why. What was asked is in the address. */
export function PathCheck() {
  const { t } = useTranslation()
  const [{ from, to, port }, setFilters] = useFilters({ from: '', to: '', port: '' })
  const [typed, setTyped] = useState({ from, to, port })
  const asked = from !== '' && to !== ''
  const path = useApi('getNetworkPath', {
    query: { from, to, ...(port && { port: Number(port) }) },
    enabled: asked,
  })
  return (
    <Panel title={t('network.path')} text={t('network.pathText')}>
      <form
        className={styles.form}
        onSubmit={event => {
          event.preventDefault()
          setFilters(typed)
          if (asked && typed.from === from && typed.to === to && typed.port === port) void path.refetch()
        }}
      >
        <TextInput
          label={t('network.from')}
          placeholder="ack-hangzhou/default/reviews-v1-…"
          w={300}
          value={typed.from}
          onChange={event => setTyped({ ...typed, from: event.currentTarget.value })}
        />
        <TextInput
          label={t('network.to')}
          placeholder="10.1.0.5"
          w={220}
          value={typed.to}
          onChange={event => setTyped({ ...typed, to: event.currentTarget.value })}
        />
        <NumberInput
          label={t('network.port')}
          w={100}
          min={1}
          max={65535}
          hideControls
          value={typed.port}
          onChange={value => setTyped({ ...typed, port: String(value) })}
        />
        <Button
          type="submit"
          leftSection={<IconRoute size={15} aria-hidden />}
          disabled={typed.from === '' || typed.to === ''}
        >
          {t('network.check')}
        </Button>
        {asked && (
          <CopyCommand commands={[commandOf('isthmus', 'net', 'path', from, to, ...(port ? ['--port', port] : []))]} />
        )}
      </form>
      {asked && (
        <DataState query={path} rows={4}>
          {data => (
            <div aria-live="polite">
              <p className={`${styles.verdict} ${data.reaches === 'no' ? styles.bad : ''}`}>
                {t(`network.reaches.${data.reaches}`)} {data.verdict}{' '}
                <span className={styles.dim}>({t(`network.basis.${data.basis}`)})</span>
              </p>
              {data.mend && (
                <p className={styles.mend}>
                  <b>{t('common.mend')}:</b> {data.mend}
                </p>
              )}
              <ol className={styles.hops}>
                {data.hops.map((hop, i) => (
                  // A way may pass one place twice: its turn tells the hops apart.
                  <li key={`${i} ${hop.name}`} className={styles.hop}>
                    {hop.ok ? (
                      <IconCircleCheck size={17} color="var(--i-ok)" role="img" aria-label={t('network.passes')} />
                    ) : (
                      <IconCircleX size={17} color="var(--i-failed)" role="img" aria-label={t('network.stops')} />
                    )}
                    <div>
                      {hop.name}
                      <div className={styles.kind}>
                        {hop.kind}
                        {hop.address && ` · ${hop.address}`}
                      </div>
                    </div>
                    <span className={hop.ok ? styles.dim : styles.bad}>{hop.text}</span>
                  </li>
                ))}
              </ol>
            </div>
          )}
        </DataState>
      )}
    </Panel>
  )
}
