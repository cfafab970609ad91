import COSE
import Crypto
public import Whitelist

extension WhitelistTerms {
  /// Signs these terms as a list.
  ///
  /// - Parameter capacity: what its holder has room for.
  /// - Throws: `WhitelistError` with the refusal that the holder would answer with.
  public func signed(
    by signer: SigningKey, capacity: WhitelistCapacity = WhitelistCapacity()
  ) throws(WhitelistError) -> [UInt8] {
    let tables = WhitelistTables(self)
    var cryptography = HostCryptography()
    let id = KeyID(rawValue: 1)
    do { try cryptography.add(signer, as: id) } catch { throw .cryptography(error) }
    let publicKey = Array(signer.publicKey.rawRepresentation)
    guard let kid = publicKey.keyThumbprint?.prefix(KeyThumbprint.keyIdentifierBytes) else {
      throw .refused(.signerKey)
    }
    let keyIdentifier = Array(kid)
    let context = Array("muster-cwl".utf8)
    // Room for a list that is longer than any may be, so that its length is the reader's to judge.
    var bytes = [UInt8](repeating: 0, count: 512 + 160 * (entries.count + tables.issuers.count + tables.ruleSets.count))
    var buffer = bytes.mutableSpan
    let count: Int
    do throws(COSEError) {
      count = try COSESign1.sign(
        into: &buffer, keyIdentifier: keyIdentifier.span, externalAAD: context.span, key: id, with: &cryptography
      ) { (room) throws(CBORError) in
        var writer = CBORWriter(&room)
        self.write(tables, to: &writer)
        return try writer.finish()
      }
    } catch {
      switch error {
      case .cryptography(let error): throw .cryptography(error)
      case .encoding(.noSpace): throw .refused(.tooLarge)
      default: throw .refused(.malformed)
      }
    }
    let list = Array(bytes.prefix(count))
    // Nothing is checked twice: what its holder would not read is not handed out.
    _ = try Whitelist(verified: ListBytes(list), capacity: capacity)
    return list
  }

  private func write(_ tables: WhitelistTables, to writer: inout CBORWriter) {
    writer.map(observeUntil == nil ? 15 : 16)
    writer.uint(1)
    writer.uint(1)
    writer.uint(2)
    writer.text(utf8: Array(network.utf8).span)
    writer.uint(3)
    writer.uint32(list)
    writer.uint(4)
    writer.array(2)
    writer.text(utf8: Array(holder.utf8).span)
    writer.bytes(holderThumbprint.span)
    for (field, value) in [
      (5, UInt64(epoch)), (6, number), (7, thisUpdate), (8, nextUpdate), (9, hardExpiry),
      (10, UInt64(stalePolicy.rawValue)), (11, UInt64(timeMode.rawValue)), (12, UInt64(offlineRestarts)),
    ] as [(UInt64, UInt64)] {
      writer.uint(field)
      writer.uint(value)
    }
    writer.uint(13)
    writer.array(tables.issuers.count)
    for issuer in tables.issuers {
      writer.array(2)
      writer.bytes(issuer.name.span)
      writer.bytes(issuer.key.span)
    }
    writer.uint(14)
    writer.array(tables.ruleSets.count)
    for set in tables.ruleSets {
      writer.array(set.count)
      for rule in set { rule.write(to: &writer) }
    }
    writer.uint(15)
    writer.array(entries.count)
    for entry in tables.sorted { entry.write(tables, to: &writer) }
    if let observeUntil {
      writer.uint(16)
      writer.uint(observeUntil)
    }
  }
}

extension WhitelistTerms.Rule {
  fileprivate func write(to writer: inout CBORWriter) {
    let absent = [direction == nil, protocols == nil, transports == nil, ports == nil, leastTLSVersion == nil]
    writer.map(5 - absent.count { $0 })
    if let direction {
      writer.uint(1)
      writer.uint32(UInt32(direction.rawValue))
    }
    if let protocols {
      writer.uint(2)
      Self.write(protocols.map(\.rawValue), to: &writer)
    }
    if let transports {
      writer.uint(3)
      Self.write(transports.map(\.rawValue), to: &writer)
    }
    if let ports {
      writer.uint(4)
      let isOne = ports.count == 1 && ports[0].count == 1
      if !isOne { writer.array(ports.count) }
      for range in ports {
        if range.count > 1 { writer.array(2) }
        writer.uint32(UInt32(range.lowerBound))
        if range.count > 1 { writer.uint32(UInt32(range.upperBound)) }
      }
    }
    if let leastTLSVersion {
      writer.uint(5)
      writer.uint32(UInt32(leastTLSVersion))
    }
  }

  /// One value stands alone, any other number of them in an array.
  private static func write(_ values: [UInt32], to writer: inout CBORWriter) {
    if values.count != 1 { writer.array(values.count) }
    for value in values { writer.uint32(value) }
  }
}

extension WhitelistTerms.Entry {
  fileprivate func write(_ tables: WhitelistTables, to writer: inout CBORWriter) {
    let options = [pin == nil, validFrom == nil, validUntil == nil, predecessor == nil].count { !$0 }
    writer.array(2 + (rules == nil ? 0 : 1) + (options == 0 ? 0 : 1))
    writer.uint(tables.index(of: certificate.issuer))
    writer.bytes(certificate.serialNumber.span)
    if let rules { writer.uint(tables.index(of: rules)) }
    guard options > 0 else { return }
    writer.map(options)
    if let pin {
      writer.uint(1)
      writer.bytes(pin.span)
    }
    if let validFrom {
      writer.uint(2)
      writer.uint(validFrom)
    }
    if let validUntil {
      writer.uint(3)
      writer.uint(validUntil)
    }
    if let predecessor {
      writer.uint(4)
      writer.array(2)
      writer.uint(tables.index(of: predecessor.issuer))
      writer.bytes(predecessor.serialNumber.span)
    }
  }
}
