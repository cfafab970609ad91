import COSE
import Trust

/// Any bytes as a descriptor: nothing traps, only good signatures are believed, every place lies within the bytes, and
/// what was read can be written again and says the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTrust(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  let root = [UInt8](repeating: 0x52, count: 64)
  for acceptsSignatures in [false, true] {
    var cryptography = HollowCryptography(acceptsSignatures: acceptsSignatures)
    if let descriptor = try? TrustDescriptor(bytes.span, root: root.span, with: &cryptography) {
      precondition(acceptsSignatures, "a descriptor without a good signature")
      check(descriptor, bytes)
    }
  }
  // Whoever signed it: the content's reader sees every input that has the form.
  if let descriptor = try? TrustDescriptor(verified: bytes.span) { check(descriptor, bytes) }
  return 0
}

private func check(_ descriptor: TrustDescriptor, _ bytes: [UInt8]) {
  precondition(descriptor.epoch > 0)
  precondition((1...64).contains(bytes[descriptor.network].count))
  precondition((1...2).contains(descriptor.managerKeys.count) && descriptor.signers.count <= 2)
  let managerKeys = (0..<descriptor.managerKeys.count).flatMap { bytes[descriptor.managerKeys[$0]] }
  let signers = (0..<descriptor.signers.count).flatMap { bytes[descriptor.signers[$0]] }
  let network = Array(bytes[descriptor.network])
  let anchor = descriptor.anchor
  let next = descriptor.nextAnchor ?? anchor
  let (name, key) = (Array(bytes[anchor.name]), Array(bytes[anchor.publicKey]))
  let (nextName, nextKey) = (Array(bytes[next.name]), Array(bytes[next.publicKey]))
  let nextContent = TrustContent.Anchor(name: nextName.span, publicKey: nextKey.span)
  let content = TrustContent(
    network: network.span, epoch: descriptor.epoch, managerKeys: managerKeys.span, signers: signers.span,
    anchor: TrustContent.Anchor(name: name.span, publicKey: key.span),
    nextAnchor: descriptor.nextAnchor == nil ? nil : nextContent)
  var written = [UInt8](repeating: 0, count: TrustLimits.descriptorBytes)
  var buffer = written.mutableSpan
  var cryptography = HollowCryptography(acceptsSignatures: true)
  guard let count = try? content.sign(into: &buffer, root: KeyID(rawValue: 1), with: &cryptography) else {
    preconditionFailure("what was read cannot be written")
  }
  guard let again = try? TrustDescriptor(verified: written.span.extracting(0..<count)) else {
    preconditionFailure("what was written cannot be read")
  }
  precondition(again.epoch == descriptor.epoch && Array(written[again.network]) == network)
  // Without fields that are yet to come, one value has one encoding.
  if again.content.count == descriptor.content.count {
    precondition(written[again.content].elementsEqual(bytes[descriptor.content]), "one value, two encodings")
  }
}
