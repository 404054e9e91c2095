import type { DescFile } from '@bufbuild/protobuf'
import { fileDesc as hydrate } from '@bufbuild/protobuf/codegenv2'

/**
 * A generated file's descriptor. protobuf-es takes in every import of every import of it, over and over where ways meet,
 * which is most of the time that loading Envoy's API takes; a file's types are all in its own imports, and in what those
 * import for everybody.
 */
export function fileDesc(base64: string, imports?: readonly DescFile[]): DescFile {
  return hydrate(base64, imports?.map(withPublicImports))
}

const known = new WeakMap<DescFile, DescFile>()

function withPublicImports(file: DescFile): DescFile {
  let made = known.get(file)
  if (!made) {
    const dependencies = file.proto.publicDependency.map(i => withPublicImports(file.dependencies[i]!))
    made = Object.create(file, { dependencies: { value: dependencies, enumerable: true } }) as DescFile
    known.set(file, made)
  }
  return made
}
