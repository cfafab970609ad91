public import PKI

extension CompiledPolicy {
  /// The entries of a device's list: one for every certificate of every peer.
  ///
  /// - Returns: in the order of devices, which a list's writer changes into the list's own; empty for a device that is not there.
  public func entries(of device: String) -> [WhitelistTerms.Entry] {
    guard let index = indices[device] else { return [] }
    var entries: [WhitelistTerms.Entry] = []
    entries.reserveCapacity(links[Int(index)].count)
    for link in links[Int(index)] {
      let rules = ruleSets[link.rules]
      for certificate in policy.devices[Int(link.peer)].certificates {
        guard let issuer = policy.issuers[certificate.issuer] else { continue }
        var entry = WhitelistTerms.Entry(
          WhitelistTerms.Certificate(issuer: issuer, serialNumber: certificate.serialNumber), rules: rules)
        entry.pin = certificate.pin
        entries.append(entry)
      }
    }
    return entries
  }

  /// The peers of a device, with what is allowed with each; nil rules allow everything.
  public func peers(of device: String) -> [(name: String, rules: [WhitelistTerms.Rule]?)] {
    guard let index = indices[device] else { return [] }
    return links[Int(index)].map { (policy.devices[Int($0.peer)].name, ruleSets[$0.rules]) }
  }

  /// A device's list, to be signed.
  ///
  /// - Parameters:
  ///   - device: its name.
  ///   - epoch: from 1.
  ///   - number: greater than that of any list this device was ever given in this epoch.
  ///   - seconds: the time, since 1970.
  /// - Returns: nil for a device that is not there or has no list, because its bootstrap key is not known.
  public func list(of device: String, epoch: UInt32, number: UInt64, at seconds: UInt64) -> WhitelistTerms? {
    guard let index = indices[device], let thumbprint = policy.devices[Int(index)].thumbprint else { return nil }
    var terms = WhitelistTerms(
      network: policy.network, holder: device, holderThumbprint: thumbprint, thisUpdate: seconds,
      nextUpdate: seconds + policy.lists.renewSeconds, hardExpiry: seconds + policy.lists.expireSeconds,
      entries: entries(of: device))
    terms.epoch = epoch
    terms.number = number
    terms.stalePolicy = policy.lists.stalePolicy
    terms.timeMode = policy.lists.timeMode
    terms.offlineRestarts = policy.lists.offlineRestarts
    return terms
  }
}
