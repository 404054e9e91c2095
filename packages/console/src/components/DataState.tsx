import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { isUnreachable } from '../api/problem.ts'
import { Loading } from './Loading.tsx'
import { ProblemView } from './ProblemView.tsx'

/**
 * An answer in whatever state it is: on its way, refused, or there. A last picture outlives an unreachable control plane
 * (the shell says how old it is); any other refusal stands above what was there.
 */
export function DataState<T>(props: {
  query: UseQueryResult<T>
  rows?: number
  children: (data: T) => ReactNode
}): ReactNode {
  const { data, error, refetch } = props.query
  if (data === undefined)
    return error ? <ProblemView error={error} onRetry={() => void refetch()} /> : <Loading rows={props.rows} />
  return (
    <>
      {error && !isUnreachable(error) && <ProblemView error={error} onRetry={() => void refetch()} />}
      {props.children(data)}
    </>
  )
}
