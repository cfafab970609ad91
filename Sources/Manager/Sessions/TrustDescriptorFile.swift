import Foundation
import PKI
import Trust

/// The trust descriptor that the network's root signed, as the manager passes it on.
struct TrustDescriptorFile: Sendable, Equatable {
  let bytes: [UInt8]
  let epoch: UInt32

  /// Reads the file. Its signature is not checked, for the manager does not know the root: only that it is a descriptor of
  /// this network, and that devices that believe it will find this manager: by its key, or by its next one, which it may
  /// bring them while they still believe the one that was stolen.
  ///
  /// - Throws: ``ManagerError``: `unreadableFile`, or `configuration` for a descriptor of another network or manager.
  init(path: String, network: String, keys: ManagerKeys) throws(ManagerError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ManagerError(
        .unreadableFile, "The trust descriptor \(path) cannot be read.", remedy: "Make one with 'muster trust sign'.")
    }
    try self.init(bytes: Array(data), name: path, network: network, keys: keys)
  }

  init(bytes: [UInt8], name: String, network: String, keys: ManagerKeys) throws(ManagerError) {
    let descriptor: TrustDescriptor
    do {
      descriptor = try TrustDescriptor(verified: bytes.span)
    } catch {
      throw ManagerError(.configuration, "\(name) is no trust descriptor (\(error)).")
    }
    guard Array(bytes[descriptor.network]) == Array(network.utf8) else {
      throw ManagerError(.configuration, "The trust descriptor \(name) is another network's than '\(network)'.")
    }
    let managers = (0..<descriptor.managerKeys.count).map { Array(bytes[descriptor.managerKeys[$0]]) }
    guard [keys.current, keys.next].contains(where: { $0.map { managers.contains($0.coordinates) } ?? false }) else {
      throw ManagerError(
        .configuration, "The trust descriptor \(name) does not name this manager's key.",
        remedy: "Give the root's owner what 'muster manager keys' prints, and get a new one.")
    }
    self.bytes = bytes
    epoch = descriptor.epoch
  }
}
