#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The files of a gateway's identity at one moment, to tell later whether any of them has been replaced.
struct IdentityFiles: Equatable, Sendable {
  let directory: String
  private let stamps: [Stamp?]

  private struct Stamp: Equatable {
    let file: UInt64
    let bytes: Int64
    let seconds: Int
    let nanoseconds: Int
  }

  /// Looks at the files as they are now.
  init(directory: String) {
    self.directory = directory
    stamps = [GatewayIdentity.keyFile, GatewayIdentity.certificateFile, GatewayIdentity.anchorFile]
      .map { Self.stamp("\(directory)/\($0)") }
  }

  private static func stamp(_ path: String) -> Stamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if os(Linux)
      let modified = status.st_mtim
    #else
      let modified = status.st_mtimespec
    #endif
    return Stamp(
      file: UInt64(status.st_ino), bytes: Int64(status.st_size), seconds: modified.tv_sec,
      nanoseconds: modified.tv_nsec)
  }
}
