import { useTranslation } from 'react-i18next'
import { useApi, useLive } from '../../api/queries.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { DataState } from '../../components/DataState.tsx'
import { Empty } from '../../components/Empty.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { Certificates } from './Certificates.tsx'
import { GatewayPlaces } from './GatewayPlaces.tsx'
import { GatewayRoutes } from './GatewayRoutes.tsx'
import styles from './Gateways.module.css'
import { Listeners } from './Listeners.tsx'

/** Gateways: where each can be reached in every region, what it listens for, and where that leads. */
export default function GatewaysPage() {
  const { t } = useTranslation()
  useLive('gateways')
  const gateways = useApi('listGateways')
  return (
    <PageFrame
      title={t('pages.gateways')}
      at={gateways.data?.at}
      actions={<CopyCommand commands={['kubectl --context mesh get istiogateways,gateways.networking.istio.io -A']} />}
    >
      <DataState query={gateways} rows={8}>
        {data =>
          data.gateways.length === 0 ? (
            <Panel title={t('pages.gateways')}>
              <Empty title={t('gateways.empty')} text={t('gateways.emptyText')} />
            </Panel>
          ) : (
            data.gateways.map(gateway => (
              <Panel key={`${gateway.namespace}/${gateway.name}`} title={`${gateway.namespace}/${gateway.name}`}>
                {gateway.conditions
                  .filter(condition => condition.status === 'False')
                  .map(condition => (
                    <p key={condition.type} className={styles.conditions}>
                      {condition.type}: {condition.message || condition.reason}
                    </p>
                  ))}
                <GatewayPlaces places={gateway.places} />
                <h3 className={styles.sub}>{t('gateways.listeners')}</h3>
                <Listeners listeners={gateway.listeners} />
                <h3 className={styles.sub}>{t('gateways.routes')}</h3>
                <GatewayRoutes routes={gateway.routes} />
                <h3 className={styles.sub}>{t('gateways.certificates')}</h3>
                <Certificates certificates={gateway.certificates} />
              </Panel>
            ))
          )
        }
      </DataState>
    </PageFrame>
  )
}
