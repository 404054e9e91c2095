import type { Overview } from '@isthmus/api'
import { useElementSize } from '@mantine/hooks'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './FlowPicture.module.css'
import { Flows } from './Flows.tsx'
import { diagram } from './layout.ts'

const WorldMap = lazy(() => import('./WorldMap.tsx'))

/** Regions and the requests between them: on a map where all have a place, else as a diagram. */
export function FlowPicture({ overview }: { overview: Overview }) {
  const { t } = useTranslation()
  const { ref, width } = useElementSize()
  const narrow = width > 0 && width < 560
  const box = { width, height: narrow ? 420 : 430 }
  const onMap = overview.regions.every(r => r.place)
  const plain = (
    <Flows
      overview={overview}
      box={box}
      placed={diagram(
        overview.regions.map(r => r.region),
        box,
      )}
    />
  )
  return (
    <div ref={ref} className={styles.picture} style={{ height: box.height }}>
      {width > 0 && (
        <svg width={box.width} height={box.height} role="group" aria-label={t('overview.map')}>
          {onMap ? (
            <Suspense fallback={null}>
              <WorldMap overview={overview} box={box} />
            </Suspense>
          ) : (
            plain
          )}
        </svg>
      )}
    </div>
  )
}
