import type { ReactNode } from 'react'
import { useId } from 'react'
import styles from './Panel.module.css'

/** A titled piece of a page. `aside` stands at the right of the title; `flush` lets the content touch the edges. */
export function Panel(props: {
  title: ReactNode
  text?: ReactNode
  aside?: ReactNode
  flush?: boolean
  className?: string
  children: ReactNode
}) {
  const id = useId()
  return (
    <section className={`${styles.panel} ${props.className ?? ''}`} aria-labelledby={id}>
      <header className={styles.head}>
        <div>
          <h2 id={id} className={styles.title}>
            {props.title}
          </h2>
          {props.text && <p className={styles.text}>{props.text}</p>}
        </div>
        {props.aside && <div className={styles.aside}>{props.aside}</div>}
      </header>
      <div className={props.flush ? styles.flush : styles.body}>{props.children}</div>
    </section>
  )
}
