import { type ReactNode, useEffect } from 'react'
import { AsOf } from './AsOf.tsx'
import styles from './PageFrame.module.css'

/** A page: its title (of the window too), the time of its figures, its actions, its content. */
export function PageFrame(props: {
  title: string
  lead?: ReactNode
  at?: number | undefined
  actions?: ReactNode
  children: ReactNode
}) {
  useEffect(() => {
    document.title = `${props.title} · Isthmus`
  }, [props.title])
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.titles}>
          <h1 className={styles.title}>{props.title}</h1>
          {props.lead}
        </div>
        <div className={styles.actions}>
          <AsOf at={props.at} />
          {props.actions}
        </div>
      </header>
      {props.children}
    </div>
  )
}
