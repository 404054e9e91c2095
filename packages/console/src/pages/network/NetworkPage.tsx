import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { DataState } from '../../components/DataState.tsx'
import { Notice } from '../../components/FindingList.tsx'
import { Loading } from '../../components/Loading.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { Items } from './Items.tsx'
import { Measured } from './Measured.tsx'
import styles from './Network.module.css'
import { PathCheck } from './PathCheck.tsx'
import { SecurityRules } from './SecurityRules.tsx'

const Picture = lazy(() => import('./Picture.tsx'))

/** The network between the regions, and whether a packet gets from here to there. */
export default function NetworkPage() {
  const { t } = useTranslation()
  const network = useApi('getNetwork')
  return (
    <PageFrame
      title={t('pages.network')}
      at={network.data?.at}
      actions={<CopyCommand commands={['isthmus net path FROM TO']} />}
    >
      <PathCheck />
      <DataState query={network} rows={8}>
        {data => (
          <>
            {data.notes.length > 0 && (
              <Panel title={t('network.notes')}>
                {data.notes.map(note => (
                  <Notice key={note} severity="info">
                    {note}
                  </Notice>
                ))}
              </Panel>
            )}
            {data.items.length > 0 && (
              <Panel flush title={t('network.picture')} text={t(`network.source.${data.source}`)}>
                <div className={styles.picture}>
                  <Suspense fallback={<Loading rows={8} />}>
                    <Picture items={data.items} />
                  </Suspense>
                </div>
              </Panel>
            )}
            <Items items={data.items} />
            <SecurityRules items={data.items} />
            <Measured network={data} />
          </>
        )}
      </DataState>
    </PageFrame>
  )
}
