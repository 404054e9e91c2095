import { Button, SegmentedControl, Switch, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { setAt, setDistributionRule, setEnabled, setFailoverRule, setUnansweredAfter } from '../../policy/document.ts'
import type { Policy } from '../../policy/policy.ts'
import { DistributionRow } from './DistributionRow.tsx'
import { FailoverRow } from './FailoverRow.tsx'
import styles from './Regional.module.css'

export interface FormProps {
  readonly policy: Policy
  /** The YAML it was read from, and what becomes of it. */
  readonly text: string
  readonly onChange: (text: string) => void
  readonly regions: readonly string[]
  readonly locked: boolean
}

/** The policy as a form. */
export function PolicyForm(props: FormProps & { meshWide: boolean }) {
  const { t } = useTranslation()
  const { policy, text, onChange, regions, locked } = props
  const { failover, distribution } = policy
  const free = (rules: readonly { from: string }[]) => regions.find(r => !rules.some(rule => rule.from === r)) ?? ''
  const addFailover = () => {
    const from = free(failover.rules)
    const to = regions.find(r => r !== from)
    onChange(setFailoverRule(text, failover.rules.length, { from, to: to ? [to] : [] }))
  }
  const addDistribution = () => {
    const from = free(distribution.rules)
    const to = regions.find(r => r !== from)
    onChange(setDistributionRule(text, distribution.rules.length, { from, to: to ? { [to]: 10 } : {} }))
  }
  return (
    <div className={styles.form}>
      <Section
        title={t('regional.failover')}
        text={t('regional.failoverText')}
        label={t('regional.failoverOn')}
        on={failover.enabled}
        there={failover.there}
        locked={locked}
        onSwitch={on => onChange(setEnabled(text, 'failover', on))}
      >
        {failover.rules.map((rule, index) => (
          <FailoverRow key={`${index} of ${failover.rules.length}`} {...props} rule={rule} index={index} />
        ))}
        <Button
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={locked}
          onClick={addFailover}
        >
          {t('regional.addFailover')}
        </Button>
      </Section>
      <Section
        title={t('regional.distribution')}
        text={t('regional.distributionText')}
        label={t('regional.distributionOn')}
        on={distribution.enabled}
        there={distribution.there}
        locked={locked}
        onSwitch={on => onChange(setEnabled(text, 'distribution', on))}
      >
        {distribution.rules.map((rule, index) => (
          <DistributionRow key={`${index} of ${distribution.rules.length}`} {...props} rule={rule} index={index} />
        ))}
        <div className={styles.row}>
          <Button
            variant="subtle"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={locked}
            onClick={addDistribution}
          >
            {t('regional.addDistribution')}
          </Button>
          {props.meshWide && distribution.rules.length > 0 && (
            <div className={styles.at}>
              <span>{t('regional.at')}</span>
              <SegmentedControl
                aria-label={t('regional.at')}
                disabled={locked}
                value={distribution.at ?? 'entry'}
                data={[
                  { value: 'entry', label: t('regional.atEntry') },
                  { value: 'everyHop', label: t('regional.atEveryHop') },
                ]}
                onChange={at => onChange(setAt(text, at as 'entry' | 'everyHop'))}
              />
            </div>
          )}
        </div>
      </Section>
      <TextInput
        label={t('regional.unanswered')}
        description={t('regional.unansweredHint')}
        placeholder={t('regional.noLimit')}
        value={policy.unansweredAfter ?? ''}
        disabled={locked}
        w={360}
        onChange={event => onChange(setUnansweredAfter(text, event.currentTarget.value.trim()))}
      />
    </div>
  )
}

function Section(props: {
  title: string
  text: string
  label: string
  on: boolean
  there: boolean
  locked: boolean
  onSwitch: (on: boolean) => void
  children: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <fieldset className={styles.section} data-off={(props.there && !props.on) || undefined}>
      <legend className={styles.legend}>{props.title}</legend>
      <div className={styles.sectionHead}>
        <span>{props.there && !props.on ? t('regional.off') : props.text}</span>
        <Switch
          label={t('regional.inForce')}
          aria-label={props.label}
          checked={props.on}
          disabled={props.locked}
          onChange={event => props.onSwitch(event.currentTarget.checked)}
        />
      </div>
      {props.children}
    </fieldset>
  )
}
