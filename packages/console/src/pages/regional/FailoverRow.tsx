import { ActionIcon, Checkbox, MultiSelect, NumberInput, Select, Tooltip } from '@mantine/core'
import { IconArrowRight, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { failoverFaults } from '../../policy/checks.ts'
import { removeRule, setFailoverRule } from '../../policy/document.ts'
import type { FailoverRule } from '../../policy/policy.ts'
import { Faults } from './Faults.tsx'
import type { FormProps } from './PolicyForm.tsx'
import styles from './Regional.module.css'

/** One failover rule: where it fails, who takes over in order, from when, and whether nobody else may. */
export function FailoverRow(props: FormProps & { rule: FailoverRule; index: number }) {
  const { t } = useTranslation()
  const { rule, index, text, onChange, regions, locked, policy } = props
  const put = (change: Partial<FailoverRule>) => onChange(setFailoverRule(text, index, { ...rule, ...change }))
  const choices = [...new Set([...regions, rule.from, ...rule.to].filter(Boolean))]
  return (
    <div className={styles.rule}>
      <div className={styles.ruleGrid}>
        <Select
          label={t('regional.from')}
          data={choices}
          value={rule.from}
          disabled={locked}
          onChange={from => from && put({ from })}
        />
        <IconArrowRight size={16} className={styles.arrow} aria-hidden />
        <MultiSelect
          label={t('regional.to')}
          placeholder={rule.to.length === 0 ? t('regional.pickRegions') : ''}
          data={choices.filter(r => r !== rule.from)}
          value={[...rule.to]}
          disabled={locked}
          onChange={to => put({ to })}
          hidePickedOptions
        />
        <Tooltip label={rule.from ? t('regional.remove', { region: rule.from }) : t('regional.removeEmpty')}>
          <ActionIcon
            className={styles.remove}
            aria-label={rule.from ? t('regional.remove', { region: rule.from }) : t('regional.removeEmpty')}
            disabled={locked}
            onClick={() => onChange(removeRule(text, 'failover', index))}
          >
            <IconTrash size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={styles.options}>
        <Tooltip label={t('regional.thresholdHint')}>
          <div className={styles.inline}>
            <span aria-hidden>{t('regional.threshold')}</span>
            <NumberInput
              aria-label={t('regional.threshold')}
              w={74}
              hideControls
              suffix="%"
              placeholder={`${t('regional.thresholdDefault')}%`}
              value={rule.thresholdPercent ?? ''}
              disabled={locked}
              onChange={value => put({ thresholdPercent: value === '' ? undefined : Number(value) })}
            />
          </div>
        </Tooltip>
        <Tooltip label={t('regional.onlyHint')}>
          <div>
            <Checkbox
              size="xs"
              label={t('regional.only')}
              checked={rule.only === true}
              disabled={locked}
              onChange={event => put({ only: event.currentTarget.checked })}
            />
          </div>
        </Tooltip>
      </div>
      <Faults faults={failoverFaults(policy, index, regions)} />
    </div>
  )
}
