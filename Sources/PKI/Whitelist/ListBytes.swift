public import Whitelist

/// A list in memory, as servers and tools have it.
public struct ListBytes: WhitelistSource, Sendable {
  private let bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var count: Int { bytes.count }

  public func read(at offset: Int, into room: inout MutableSpan<UInt8>) throws(WhitelistSourceFailure) {
    guard offset >= 0, room.count <= bytes.count - offset else { throw WhitelistSourceFailure() }
    for index in room.indices { room[index] = bytes[offset + index] }
  }
}
