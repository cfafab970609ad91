/// Takes a factory list into the inventory: all of it or nothing, unless bad lines may be passed over.
struct DeviceImport: Sendable {
  let ledger: Ledger
  /// Only says what would be done.
  var isDryRun = false
  /// Bad lines do not keep the good ones out.
  var skipsBad = false

  /// - Returns: what was done, or would be, line by line where something is wrong.
  /// - Throws: the store's errors; then nothing was written.
  func run(_ list: DeviceList, by actor: Actor) async throws -> ImportReport {
    var faults = list.faults
    var new: [DeviceListing] = []
    var known = 0
    for row in list.rows {
      do {
        if try await isKnown(row.listing) { known += 1 } else { new.append(row.listing) }
      } catch let error as ManagerError where error.code == .alreadyExists {
        faults.append(ImportFault(line: row.line, reason: error.reason))
      }
    }
    faults.sort { $0.line < $1.line }
    let isWritten = !isDryRun && (faults.isEmpty || skipsBad)
    if isWritten, !new.isEmpty { try await ledger.commit(.importDevices(new), by: actor) }
    return ImportReport(written: isWritten, added: new.count, known: known, faults: faults)
  }

  /// Whether the very same is known already: a list may be given again.
  ///
  /// - Throws: ``ManagerError`` with code `alreadyExists` when something else is.
  private func isKnown(_ listing: DeviceListing) async throws -> Bool {
    guard let thumbprint = listing.thumbprint else { return false }
    if let other = try await ledger.store.device(with: thumbprint), other.id != listing.id {
      throw ManagerError(.alreadyExists, "The thumbprint is that of device \(other.id).")
    }
    if let twin = try await ledger.store.twin(of: listing.id) { throw ManagerError.twin(of: twin, listing.id) }
    guard let device = try await ledger.store.device(listing.id) else { return false }
    guard device.mayGet(thumbprint) else {
      throw ManagerError(.alreadyExists, "Device \(listing.id) is known, with another thumbprint.")
    }
    return device.thumbprint == thumbprint && device.state != .pending
  }
}

extension Device {
  /// Whether this thumbprint is the device's, or may become it: an id is bound to its key for good, but what a stranger
  /// claimed and nobody approved binds nobody.
  func mayGet(_ thumbprint: Thumbprint) -> Bool {
    self.thumbprint == nil || self.thumbprint == thumbprint || state == .pending
  }
}
