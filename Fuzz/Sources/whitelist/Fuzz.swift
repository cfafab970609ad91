import COSE
import Whitelist

/// Any bytes as a list: nothing traps, only good signatures are believed, every place lies within the bytes, and what is
/// asked about a list that was read gets an answer. Nothing is ever read beyond the list.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWhitelist(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  let source = Source(bytes: bytes)
  let signers = [UInt8](repeating: 0x52, count: 128)
  var cryptography = HollowCryptography(acceptsSignatures: false)
  if (try? Whitelist(source, signers: signers.span, with: &cryptography)) != nil {
    preconditionFailure("a list without a good signature")
  }
  // Whoever signed it: the content's reader sees every input that has the form.
  if let list = try? Whitelist(verified: source) { check(list, source) }
  // The form is the signer's; the content alone gets to the reader without it.
  var framed: [UInt8] = [0x84, 0x43, 0xA1, 0x01, 0x26, 0xA1, 0x04, 0x48] + [UInt8](repeating: 0x6B, count: 8)
  guard 24..<65_000 ~= count else { return 0 }
  framed += count < 256 ? [0x58, UInt8(count)] : [0x59, UInt8(count >> 8), UInt8(count & 0xFF)]
  framed += bytes + [0x58, 0x40] + [UInt8](repeating: 0, count: 64)
  cryptography = HollowCryptography(acceptsSignatures: true)
  if let list = try? Whitelist(Source(bytes: framed), signers: signers.span, with: &cryptography) {
    check(list, Source(bytes: framed))
  }
  return 0
}

private func check(_ list: Whitelist, _ source: Source) {
  let bytes = source.bytes
  precondition(list.epoch > 0 && list.number > 0 && list.number < .max && list.list > 0)
  precondition((1...64).contains(bytes[list.network].count) && (1...64).contains(bytes[list.holder].count))
  precondition(bytes[list.holderThumbprint].count == 32)
  precondition(list.thisUpdate < list.nextUpdate && list.nextUpdate <= list.hardExpiry)
  precondition(list.entryCount <= WhitelistLimits.entries)
  // What the core's other reader makes of the same content: it is deterministic throughout, and has the same entries.
  guard var reader = try? CBORReader(bytes.span.extracting(list.content)) else {
    preconditionFailure("a content that is not deterministic")
  }
  let entries = (try? walk(&reader)) ?? []
  precondition(entries.count == list.entryCount, "entries that only one reader sees")
  guard !entries.isEmpty else { return }
  // Every entry is found where it stands, whatever the list then says.
  let time = WhitelistTime(seconds: list.thisUpdate, origin: .manager, restarts: 0)
  for (index, entry) in entries.enumerated() where index < 64 || index == entries.count - 1 {
    let peer = WhitelistPeer(
      issuerName: entry.name.span, issuerKey: entry.key.span, serialNumber: entry.serialNumber.span,
      key: entry.key.span, wasAdmitted: true)
    for port: UInt16 in [0, 5684] {
      switch list.decide(peer, PeerUse(.outward, .coap, over: .oscore, port: port), at: time, in: source) {
      case .admitted(let found): precondition(found == index, "another's entry")
      case .denied(.notListed), .denied(.otherIssuer), .denied(.unreadable), .observed(.notListed),
        .observed(.otherIssuer):
        preconditionFailure("an entry that is there is not found")
      case .denied, .observed: break
      }
    }
  }
}

private struct Found {
  let name: [UInt8]
  let key: [UInt8]
  let serialNumber: [UInt8]
}

/// The entries, by the reader that has everything in memory.
private func walk(_ reader: inout CBORReader) throws(CBORError) -> [Found] {
  _ = try reader.map()
  for _ in 0..<12 {
    try reader.skip()
    try reader.skip()
  }
  _ = try reader.uint()
  var issuers: [([UInt8], [UInt8])] = []
  for _ in 0..<(try reader.array()) {
    _ = try reader.array()
    let name = copy(try reader.byteString())
    issuers.append((name, copy(try reader.byteString())))
  }
  try reader.skip()
  try reader.skip()
  _ = try reader.uint()
  var found: [Found] = []
  for _ in 0..<(try reader.array()) {
    let parts = try reader.array()
    let issuer = issuers[Int(try reader.uint32())]
    found.append(Found(name: issuer.0, key: issuer.1, serialNumber: copy(try reader.byteString())))
    for _ in 2..<parts { try reader.skip() }
  }
  return found
}

private func copy(_ bytes: Span<UInt8>) -> [UInt8] { bytes.indices.map { bytes[$0] } }

/// The input as a source that is strict about what may be asked of it.
private struct Source: WhitelistSource {
  let bytes: [UInt8]

  var count: Int { bytes.count }

  func read(at offset: Int, into room: inout MutableSpan<UInt8>) throws(WhitelistSourceFailure) {
    precondition(1...64 ~= room.count && offset >= 0 && offset + room.count <= bytes.count, "read beyond the list")
    for index in room.indices { room[index] = bytes[offset + index] }
  }
}
