import PKI
import Whitelist

/// A holder with its list: asks it as a device would.
struct Decider {
  let bytes: [UInt8]
  let list: Whitelist

  init(_ terms: WhitelistTerms, signedBy network: Network = Network()) throws {
    bytes = try terms.signed(by: network.signer)
    list = try network.read(bytes)
  }

  func callAsFunction(
    _ peer: WhitelistTerms.Certificate, _ use: PeerUse = PeerUse(.outward, .coap, over: .oscore, port: 5684),
    at seconds: UInt64 = 1_050_000, origin: WhitelistTime.Origin = .clock, restarts: UInt32 = 0,
    key: [UInt8] = [UInt8](repeating: 1, count: 32), wasAdmitted: Bool = false
  ) -> WhitelistDecision {
    let (name, issuerKey, serialNumber) = (peer.issuer.name, peer.issuer.key, peer.serialNumber)
    let peer = WhitelistPeer(
      issuerName: name.span, issuerKey: issuerKey.span, serialNumber: serialNumber.span, key: key.span,
      wasAdmitted: wasAdmitted)
    let time = WhitelistTime(seconds: seconds, origin: origin, restarts: restarts)
    return list.decide(peer, use, at: time, in: ListBytes(bytes))
  }
}
