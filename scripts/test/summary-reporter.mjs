/** A node:test reporter that writes one JSON line at the end: how many passed, failed, were skipped. */
export default async function* summary(source) {
  const failures = []
  let counts = {}
  for await (const event of source) {
    if (event.type === 'test:fail' && event.data.details?.type !== 'suite') failures.push(event.data.name)
    if (event.type === 'test:summary' && !event.data.file) counts = event.data.counts
  }
  yield `${JSON.stringify({ ...counts, failures })}\n`
}
