import type { GatewayRow } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/useLanguage.ts'
import { RegionTag } from '../../components/RegionTag.tsx'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import { rate } from '../../format/figures.ts'
import styles from './Gateways.module.css'

/** A gateway's addresses, region by region, with its replicas and what it serves there. */
export function GatewayPlaces({ places }: { places: GatewayRow['places'] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  if (places.length === 0) return <p className={styles.none}>{t('gateways.nowhere')}</p>
  return (
    <div className={styles.places}>
      {places.map(place => {
        const urls = place.ports.flatMap(port => (port.url ? [port.url] : []))
        return (
          <section key={place.cluster} className={styles.place} aria-label={place.cluster}>
            <div className={styles.head}>
              <RegionTag region={place.region} />
              <ToneBadge tone={place.ready === 0 ? 'failed' : place.ready < place.replicas ? 'partly' : 'ok'}>
                {t('gateways.replicas', { ready: place.ready, replicas: place.replicas })}
              </ToneBadge>
            </div>
            <div className={styles.dim}>{place.cluster}</div>
            <ul className={styles.urls}>
              {urls.map(url => (
                <li key={url}>
                  {/^https?:/.test(url) ? (
                    <a href={url} target="_blank" rel="noreferrer noopener">
                      {url}
                    </a>
                  ) : (
                    url
                  )}
                </li>
              ))}
              {urls.length === 0 && place.addresses.map(address => <li key={address}>{address}</li>)}
              {place.addresses.length === 0 && <li className={styles.bad}>{t('gateways.noAddress')}</li>}
            </ul>
            <div className={styles.dim}>
              {place.ports.map(port => `${port.port} ${port.protocol}`).join(', ')} ·{' '}
              {t('gateways.measured', { rate: rate(place.requestsPerSecond, language) })}
            </div>
          </section>
        )
      })}
    </div>
  )
}
