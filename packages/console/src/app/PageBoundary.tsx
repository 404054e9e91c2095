import { Component, type ErrorInfo, type ReactNode } from 'react'
import { ApiError } from '../api/problem.ts'
import { ProblemView } from '../components/ProblemView.tsx'

/**
 * Keeps the frame when a page cannot be shown: its files could not be fetched (the control plane is away, or was replaced by
 * one of another version), or it broke. Choosing another page, or trying again, is a new chance.
 */
export class PageBoundary extends Component<{ at: string; children: ReactNode }, { error?: Error; at: string }> {
  override state: { error?: Error; at: string } = { at: this.props.at }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  static getDerivedStateFromProps(props: { at: string }, state: { error?: Error; at: string }) {
    return props.at === state.at ? null : { at: props.at, error: undefined }
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error(error, info.componentStack)
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    const fetched = /dynamically imported module|Importing a module|error loading|preload CSS/i.test(error.message)
    return (
      <ProblemView
        error={fetched ? new ApiError(0, { message: error.message }) : error}
        onRetry={() => window.location.reload()}
      />
    )
  }
}
