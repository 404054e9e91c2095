import { useTranslation } from 'react-i18next'
import type { Fault } from '../../policy/checks.ts'
import styles from './Regional.module.css'

/** What is wrong with a rule, as one types. */
export function Faults({ faults }: { faults: readonly Fault[] }) {
  const { t } = useTranslation()
  if (faults.length === 0) return null
  return (
    <ul className={styles.faults} role="status">
      {faults.map(fault => (
        <li key={fault}>{t(`regional.fault.${fault}`)}</li>
      ))}
    </ul>
  )
}
