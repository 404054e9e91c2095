import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { DataState } from '../../components/DataState.tsx'
import { Panel } from '../../components/Panel.tsx'
import { TimeAgo } from '../../components/TimeAgo.tsx'
import { shortUser } from '../../format/user.ts'
import styles from './Rules.module.css'

/** Versions that the control plane has seen; one of them can be taken into the editor, to be looked at and saved. */
export function Versions(props: {
  kind: string
  namespace: string
  name: string
  /** As it was read. A status that is written makes a new version of the same text. */
  current: { readonly yaml: string; readonly resourceVersion: string }
  onTake: (yaml: string) => void
}) {
  const { t } = useTranslation()
  const { kind, namespace, name, current } = props
  const versions = useApi('listVersions', { params: { kind, namespace: namespace || '-', name } })
  return (
    <Panel title={t('rules.versions')} text={t('rules.versionsText')}>
      <DataState query={versions} rows={3}>
        {data =>
          data.versions.length === 0 ? (
            <p className={styles.none}>{t('rules.noVersions')}</p>
          ) : (
            <ul className={styles.versions}>
              {data.versions.map((version, index) => (
                <li key={version.resourceVersion} className={styles.version}>
                  <div>
                    <TimeAgo at={version.at} />
                    <div className={styles.dim}>{version.who && shortUser(version.who)}</div>
                  </div>
                  {version.resourceVersion === current.resourceVersion ||
                  (index === 0 && version.yaml === current.yaml) ? (
                    <span className={styles.dim}>{t('rules.current')}</span>
                  ) : (
                    <Button size="compact-sm" variant="default" flex="none" onClick={() => props.onTake(version.yaml)}>
                      {t('rules.take')}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </DataState>
    </Panel>
  )
}
