/** The mark: two lands and the narrow way between them. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#12324a" />
      <path
        d="M5 9.5C5 7.6 6.6 6 8.5 6 13 6 12 14.200 16 14.200S19 6 23.500 6C25.400 6 27 7.600 27 9.500v13c0 1.900-1.600 3.500-3.500 3.500C19 26 20 17.800 16 17.800S13 26 8.500 26C6.600 26 5 24.400 5 22.500z"
        fill="#6fd3c3"
      />
    </svg>
  )
}
