import { ActionIcon, NumberInput, Select, Tooltip } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { RegionTag } from '../../components/RegionTag.tsx'
import { ShareBar } from '../../components/ShareBar.tsx'
import { percent } from '../../format/figures.ts'
import { distributionFaults, sharesOf } from '../../policy/checks.ts'
import { removeRule, setDistributionRule } from '../../policy/document.ts'
import { type DistributionRule, localRest } from '../../policy/policy.ts'
import { Faults } from './Faults.tsx'
import type { FormProps } from './PolicyForm.tsx'
import styles from './Regional.module.css'

/** One distribution rule: a share for each other region; what is left stays. */
export function DistributionRow(props: FormProps & { rule: DistributionRule; index: number }) {
  const { t } = useTranslation()
  const { rule, index, text, onChange, regions, locked, policy } = props
  const put = (next: DistributionRule) => onChange(setDistributionRule(text, index, next))
  const others = [...new Set([...regions, ...Object.keys(rule.to)])].filter(r => r !== rule.from)
  const share = (region: string, value: number | undefined) => {
    const { [region]: _, [rule.from]: own, ...rest } = rule.to
    const to = value === undefined ? rest : { ...rest, [region]: value }
    // A rule that names its own region must add up: what others take, its own share gives.
    const left = 100 - Object.values(to).reduce((a, b) => a + b, 0)
    put({ ...rule, to: own === undefined || left < 0 ? to : { [rule.from]: left, ...to } })
  }
  return (
    <div className={styles.rule}>
      <div className={styles.shareGrid}>
        <Select
          label={t('regional.requestsFrom')}
          data={[...new Set([...regions, rule.from].filter(Boolean))]}
          value={rule.from}
          disabled={locked}
          onChange={from => {
            if (!from) return
            const { [from]: _, [rule.from]: __, ...to } = rule.to
            put({ from, to })
          }}
        />
        {others.map(region => (
          <NumberInput
            key={region}
            label={<RegionTag region={region} quiet />}
            aria-label={t('regional.share', { region })}
            suffix="%"
            min={0}
            max={100}
            clampBehavior="strict"
            allowDecimal={false}
            placeholder="0%"
            value={rule.to[region] ?? ''}
            disabled={locked}
            onChange={value => share(region, value === '' ? undefined : Number(value))}
          />
        ))}
        <Tooltip label={t('regional.remove', { region: rule.from })}>
          <ActionIcon
            className={styles.remove}
            aria-label={t('regional.remove', { region: rule.from })}
            disabled={locked}
            onClick={() => onChange(removeRule(text, 'distribution', index))}
          >
            <IconTrash size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={styles.rest}>
        <ShareBar shares={sharesOf(rule)} basis="intended" />
        <span className="figure">
          {percent(localRest(rule))} {t('regional.stays', { region: rule.from })}
        </span>
      </div>
      <Faults faults={distributionFaults(policy, index, regions)} />
    </div>
  )
}
