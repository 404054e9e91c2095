import type { Event } from '@isthmus/api'

/** Events in their order, under the days they were on. */
export function byDay(
  events: readonly Event[],
  language: string,
): readonly { day: string; events: readonly Event[] }[] {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'full' })
  const days: { day: string; events: Event[] }[] = []
  for (const event of events) {
    const day = format.format(new Date(event.at))
    const last = days.at(-1)
    if (last?.day === day) last.events.push(event)
    else days.push({ day, events: [event] })
  }
  return days
}
