import type { Event } from '@isthmus/api'
import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCircleX, IconInfoCircle, IconLink } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useLanguage } from '../../app/useLanguage.ts'
import { RegionTag } from '../../components/RegionTag.tsx'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import { shortHost } from '../../format/host.ts'
import { moment } from '../../format/time.ts'
import styles from './Events.module.css'

const icons = { error: IconCircleX, warning: IconAlertTriangle, info: IconInfoCircle }

/** What happened at one moment, with a link that leads to it. */
export function EventRow({ event, marked }: { event: Event; marked: boolean }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (marked) row.current?.scrollIntoView({ block: 'center' })
  }, [marked])
  const Icon = icons[event.severity]
  return (
    <li ref={row} className={styles.row} data-severity={event.severity} data-marked={marked || undefined}>
      <time dateTime={new Date(event.at).toISOString()} title={moment(event.at, language)} className={styles.time}>
        {new Intl.DateTimeFormat(language, { timeStyle: 'medium', hour12: false }).format(new Date(event.at))}
      </time>
      <Icon size={16} className={styles.icon} role="img" aria-label={t(`common.severity.${event.severity}`)} />
      <div className={styles.what}>
        <div>
          <ToneBadge tone="unknown">{t(`events.kinds.${event.kind}`)}</ToneBadge> {event.text}
        </div>
        <div className={styles.about}>
          {event.regions.map(region => (
            <RegionTag key={region} region={region} quiet />
          ))}
          {event.service && (
            <Link href={`/services/${encodeURIComponent(event.service)}`}>{shortHost(event.service)}</Link>
          )}
          {event.object && (
            <span>
              {event.object.kind} {event.object.namespace && `${event.object.namespace}/`}
              {event.object.name}
            </span>
          )}
          {event.who && <span>{t('events.by', { who: event.who })}</span>}
        </div>
      </div>
      <CopyButton value={new URL(`/events?at=${event.id}`, window.location.href).href}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t('common.copied') : t('events.link')}>
            <ActionIcon aria-label={t('events.link')} size="sm" onClick={copy}>
              {copied ? <IconCheck size={14} aria-hidden /> : <IconLink size={14} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </li>
  )
}
