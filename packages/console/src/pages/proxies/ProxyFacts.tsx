import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { Notice } from '../../components/FindingList.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { TimeAgo } from '../../components/TimeAgo.tsx'
import styles from './Proxies.module.css'
import { ProxyState, TypeCounts } from './ProxyState.tsx'

/** Where a proxy stands and how far it has followed. Nothing while it is not connected: the configuration below says so. */
export function ProxyFacts({ proxy }: { proxy: string }) {
  const { t } = useTranslation()
  const parts = proxy.split('/')
  const [cluster, namespace, pod] = parts.length === 3 ? parts : [undefined, undefined, proxy]
  const list = useApi('listProxies', { query: { search: pod ?? proxy, cluster, limit: 20 } })
  const row = list.data?.proxies.find(one => one.id === (namespace ? `${pod}.${namespace}` : pod))
  if (!row) return null
  return (
    <Panel title={t('proxies.about')}>
      <dl className={styles.facts}>
        <Fact name={t('proxies.state')}>
          <ProxyState proxy={row} />
        </Fact>
        <Fact name={t('proxies.region')}>
          <RegionTag region={row.region} quiet />
        </Fact>
        <Fact name={t('proxies.cluster')}>{row.cluster || '–'}</Fact>
        <Fact name={t('proxies.holds')}>
          <TypeCounts proxy={row} />
        </Fact>
        <Fact name={t('proxies.since')}>
          <TimeAgo at={row.connectedSince} />
        </Fact>
        <Fact name="Envoy">{row.envoyVersion || '–'}</Fact>
        <Fact name="xDS">{row.mode}</Fact>
      </dl>
      {row.types.map(
        type =>
          type.words && (
            <Notice key={type.type} severity="error">
              {t('proxies.refuses', { type: type.type })} <q>{type.words}</q>
            </Notice>
          ),
      )}
    </Panel>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
