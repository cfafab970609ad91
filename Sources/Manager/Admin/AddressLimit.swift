import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// A bound on the connections that one address may have open, so that one client cannot take all places.
final class AddressLimit: Sendable {
  private let limit: Int
  private let counts = Mutex<[String: Int]>([:])

  init(_ limit: Int) { self.limit = limit }

  /// Counts a connection until it is closed.
  ///
  /// - Returns: false when its address has as many as it may; then it is not counted.
  func admits(_ channel: any Channel) -> Bool {
    let address = channel.remoteAddress?.ipAddress ?? ""
    let isAdmitted = counts.withLock { counts in
      guard counts[address, default: 0] < limit else { return false }
      counts[address, default: 0] += 1
      return true
    }
    if isAdmitted { channel.closeFuture.whenComplete { _ in self.leave(address) } }
    return isAdmitted
  }

  private func leave(_ address: String) {
    counts.withLock { counts in
      let left = counts[address, default: 1] - 1
      counts[address] = left == 0 ? nil : left
    }
  }
}

/// A server's channel behind an ``AddressLimit``.
struct AddressLimitedChannel<Base: ServerChildChannel>: ServerChildChannel {
  let base: Base
  let limit: AddressLimit

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
    guard limit.admits(channel) else {
      return channel.close().flatMapThrowing { throw ChannelError.ioOnClosedChannel }
    }
    return base.setup(channel: channel, logger: logger)
  }

  func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
