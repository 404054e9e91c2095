import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useApi } from '../../api/queries.ts'
import { useLanguage } from '../../app/useLanguage.ts'
import { DataState } from '../../components/DataState.tsx'
import { Panel } from '../../components/Panel.tsx'
import { count } from '../../format/figures.ts'
import styles from './Rules.module.css'

/** Kinds of objects and how many there are. */
export function KindList({ chosen }: { chosen: string }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const kinds = useApi('listKinds')
  return (
    <Panel flush title={t('rules.kinds')}>
      <DataState query={kinds}>
        {data => (
          <ul className={styles.kinds}>
            {data.kinds.map(kind => (
              <li key={kind.kind}>
                <Link
                  href={`/rules?kind=${kind.kind}`}
                  className={styles.kind}
                  aria-current={kind.kind === chosen ? 'page' : undefined}
                  title={kind.description}
                >
                  {kind.kind}
                  <span>{count(kind.count, language)}</span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </DataState>
    </Panel>
  )
}
