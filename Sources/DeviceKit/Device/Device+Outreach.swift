import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// `POST /register`.
  ///
  /// - Returns: Bytes of the request; 0 when it could not be written.
  mutating func writeRegistration(into buffer: inout MutableSpan<UInt8>) -> Int {
    guard let state else { return 0 }
    var leaf: LeafFacts?
    if state == .certified {
      guard let facts = try? LeafFacts(journal, crypto: crypto, scratch: &buffer) else { return 0 }
      leaf = facts
    }
    let description = description
    return writeCBOR(to: &buffer, code: .post, token: outreach.token, path: "register") { cbor in
      cbor.map(leaf == nil ? 5 : 6)
      cbor.uint(1)
      cbor.text(utf8: description.serialNumber.ascii)
      cbor.uint(2)
      cbor.text(description.model)
      cbor.uint(3)
      cbor.text(description.firmwareVersion)
      cbor.uint(4)
      cbor.uint(UInt64(widening: UInt32(state.rawValue)))
      if let leaf {
        cbor.uint(5)
        cbor.bytes(leaf.serialNumber)
      }
      cbor.uint(6)
      cbor.uint(UInt64(widening: UInt32(description.maxMessageBytes)))
    }
  }

  /// Takes an answer to a request of the device's own.
  mutating func take(_ answer: Message, in frame: Span<UInt8>, now: UInt64) {
    guard let errand = outreach.errand(answeredBy: answer.token) else { return }
    switch answer.code {
    case .changed:
      outreach.succeed(errand, pauseSeconds: pauseSeconds(answer, in: frame), now: now)
    case .serviceUnavailable:
      guard let seconds = answer.firstUInt(.maxAge, in: frame), 1...3600 ~= seconds else {
        outreach.fail(errand, now: now)
        return
      }
      outreach.pause(errand, seconds: seconds, now: now)
    case .forbidden where errand == .register:
      outreach.pause(errand, seconds: Outreach.longestPauseSeconds, now: now)
    default:
      outreach.fail(errand, now: now)
    }
  }

  /// What the answer to a registration says about the next one.
  private func pauseSeconds(_ answer: Message, in frame: Span<UInt8>) -> UInt32? {
    guard answer.contentFormat(in: frame) == .cbor,
      var reader = try? CBORReader(frame.extracting(answer.payload)),
      let pairs = try? reader.map(), pairs > 0,
      let key = try? reader.uint(), key == 1,
      let seconds = try? reader.uint32(), 1...86_400 ~= seconds
    else { return nil }
    return seconds
  }
}
