#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The files of a gateway's identity at one moment, to tell later whether any of them has been replaced.
struct IdentityFiles: Equatable, Sendable {
  let directory: String
  private let stamps: [Stamp?]

  private struct Stamp: Equatable {
    let file: UInt64
    let bytes: UInt64
    let modified: Date
  }

  /// Looks at the files as they are now.
  init(directory: String) {
    self.directory = directory
    stamps = [GatewayIdentity.keyFile, GatewayIdentity.certificateFile, GatewayIdentity.anchorFile]
      .map { Self.stamp("\(directory)/\($0)") }
  }

  private static func stamp(_ path: String) -> Stamp? {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: ResolvedPath.of(path)),
      let file = attributes[.systemFileNumber] as? UInt64, let bytes = attributes[.size] as? UInt64,
      let modified = attributes[.modificationDate] as? Date
    else { return nil }
    return Stamp(file: file, bytes: bytes, modified: modified)
  }
}
