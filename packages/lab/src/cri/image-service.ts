import { status } from '@grpc/grpc-js'
import { findImage, fullName, type Image, type ImageTable, unknownImage } from '../images/index.ts'
import { CallError, nanoseconds } from './protocol.ts'

interface ImageRequest {
  readonly image?: { readonly image: string; readonly user_specified_image?: string }
}

/** The CRI's image service: an image is there when the table has a row for it; nothing is ever pulled. */
export function imageService(table: ImageTable): Record<string, (request: ImageRequest) => object> {
  const wanted = new Map<string, Image>()
  const find = (request: ImageRequest): Image | undefined => {
    const reference = request.image?.image ?? ''
    // The kubelet also asks by the id it was given.
    const byId = [...wanted.values()].find(image => image.id === reference)
    const image = byId ?? findImage(table, reference)
    if (image) wanted.set(image.name, image)
    return image
  }
  const view = (image: Image) => ({
    id: image.id,
    repo_tags: [image.name],
    repo_digests: [image.id],
    size: '1',
    spec: { image: image.name },
    pinned: true,
  })
  return {
    ListImages: request => {
      const only = (request as { filter?: ImageRequest }).filter?.image?.image
      return { images: [...wanted.values()].filter(image => !only || image.name === fullName(only)).map(view) }
    },
    ImageStatus: request => {
      const image = find(request)
      return image ? { image: view(image) } : {}
    },
    PullImage: request => {
      const image = find(request)
      if (!image) throw new CallError(status.NOT_FOUND, unknownImage(table, request.image?.image ?? '').message)
      return { image_ref: image.id }
    },
    RemoveImage: () => ({}),
    ImageFsInfo: () => {
      const usage = [
        {
          timestamp: nanoseconds(Date.now()),
          fs_id: { mountpoint: '/' },
          used_bytes: { value: '1' },
          inodes_used: { value: '1' },
        },
      ]
      return { image_filesystems: usage, container_filesystems: usage }
    },
  }
}
