import CoAP
import TestKit
import Testing

@testable import OSCORE

@Suite("Numbers are used once")
struct ReplayTests {
  @Test("A request counts once, in any order within 32, and not when it is older")
  func window() throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    var requests: [[UInt8]] = []
    for _ in 0..<80 { requests.append(try device.protect(request: frame(.get)).frame) }

    _ = try manager.unprotect(request: requests[40])
    #expect(throws: OSCOREError.replayed) { try manager.unprotect(request: requests[40]) }
    // 9 is 31 behind, the last place of the window; 8 is one too far.
    #expect(throws: OSCOREError.tooOld) { try manager.unprotect(request: requests[8]) }
    for index in [9, 39, 12, 30] {
      _ = try manager.unprotect(request: requests[index])
      #expect(throws: OSCOREError.replayed) { try manager.unprotect(request: requests[index]) }
    }
    _ = try manager.unprotect(request: requests[41])
    #expect(throws: OSCOREError.tooOld) { try manager.unprotect(request: requests[9]) }
    #expect(throws: OSCOREError.replayed) { try manager.unprotect(request: requests[12]) }
    // Far ahead: the window holds nothing of before.
    _ = try manager.unprotect(request: requests[79])
    #expect(throws: OSCOREError.tooOld) { try manager.unprotect(request: requests[41]) }
    _ = try manager.unprotect(request: requests[48])
    #expect(throws: OSCOREError.replayed) { try manager.unprotect(request: requests[48]) }
  }

  @Test("The window is what a set of all numbers says, however they come", arguments: 0..<8 as Range<UInt64>)
  func windowProperty(seed: UInt64) {
    var random = SplitMix(seed: seed)
    var window = ReplayWindow()
    var received: Set<UInt64> = []
    var answered: Set<UInt64> = []
    for _ in 0..<2000 {
      let highest = received.max()
      let base = highest ?? 0
      let step = ([0, 1, 1, 2, 5, 31, 32, 33, 40, 1 << 33] as [UInt64]).randomElement(using: &random) ?? 0
      let number = Bool.random(using: &random) ? base &+ step : base &- min(base, .random(in: 0...40, using: &random))
      let expected: OSCOREError? =
        highest == nil || number > base
        ? nil : base - number >= 32 ? .tooOld : received.contains(number) ? .replayed : nil
      var found: OSCOREError?
      do throws(OSCOREError) { try window.check(number) } catch { found = error }
      #expect(found == expected, "seed \(seed), number \(number), highest \(base)")
      if found == nil && Bool.random(using: &random) {
        window.accept(number)
        received.insert(number)
      }
      let isFree =
        received.contains(number) && !answered.contains(number) && (received.max() ?? 0) - number < 32
      #expect(window.mayAnswer(number) == isFree, "seed \(seed), number \(number), highest \(base)")
      if isFree && Bool.random(using: &random) {
        window.answer(number)
        answered.insert(number)
      }
    }
  }

  @Test("A number counts as received only once its tag was verified")
  func forgery() throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    let sound = try device.protect(request: frame(.get)).frame
    var forged = sound
    forged[forged.count - 1] ^= 0x80
    for _ in 0..<3 { #expect(throws: OSCOREError.badTag) { try manager.unprotect(request: forged) } }
    // A forged number of five bytes must not move the window either.
    let ciphertext = try payload(of: sound)
    let far = try frame(.post) {
      $0.option(.oscore, hex("0dffffffffffa1b2c3d4").span)
      $0.payload(ciphertext.span)
    }
    #expect(throws: OSCOREError.badTag) { try manager.unprotect(request: far) }
    _ = try manager.unprotect(request: sound)
    #expect(manager.context.failures == 4)
  }

  @Test("Numbers up to 2^40 are taken")
  func largeNumbers() throws {
    for text in ["00", "ff", "0100", "ffffff", "01000000", "ffffffff", "0100000000", "ffffffffff"] {
      let bytes = hex(text)
      let number = try PartialIV(bytes.span)
      #expect(number.number == bytes.reduce(0) { $0 << 8 | UInt64($1) })
      #expect((0..<number.count).map { number[$0] } == bytes)
    }
    for number in [0, 1, 255, 256, 65535, 65536, 1 << 23, .max] as [UInt32] {
      #expect(PartialIV(number).number == UInt64(number))
    }
  }

  @Test("The first answer goes by the request's number; the next, and one to a forgotten request, by their own")
  func answers() throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    let asked = try device.protect(request: frame(.get))
    let binding = try manager.unprotect(request: asked.frame).binding
    var nonces: Set<[UInt8]> = []
    for round in 0..<3 {
      let answer = try manager.protect(response: frame(.content), answering: binding)
      nonces.insert(try options(of: answer).first?.value ?? [0xFF])
      #expect(try device.unprotect(response: answer, answering: asked.binding) == frame(.content), "\(round)")
    }
    #expect(nonces == [[], [0x01, 0x00], [0x01, 0x01]])

    let late = try device.protect(request: frame(.get))
    let lateBinding = try manager.unprotect(request: late.frame).binding
    for _ in 0..<32 { _ = try manager.unprotect(request: device.protect(request: frame(.get)).frame) }
    let answer = try manager.protect(response: frame(.content), answering: lateBinding)
    #expect(try options(of: answer).first?.value == [0x01, 0x02])
    _ = try device.unprotect(response: answer, answering: late.binding)
  }

  @Test("A context ends at its last number, at too many forgeries, and when it is erased")
  func exhaustion() throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    device.context.senderSequenceNumber = OSCOREContext.maxMessages - 1
    let last = try device.protect(request: frame(.get))
    #expect(throws: OSCOREError.exhausted) { try device.protect(request: frame(.get)) }
    // It may still be answered, and answer by others' numbers.
    let binding = try manager.unprotect(request: last.frame).binding
    let answer = try manager.protect(response: frame(.content), answering: binding)
    _ = try device.unprotect(response: answer, answering: last.binding)
    let asked = try device.unprotect(request: manager.protect(request: frame(.get)).frame).binding
    _ = try device.protect(response: frame(.content), answering: asked)
    #expect(throws: OSCOREError.exhausted) { try device.protect(response: frame(.content), answering: asked) }

    manager = try Endpoint.manager()
    manager.context.failures = OSCOREContext.maxFailures - 1
    #expect(throws: OSCOREError.badTag) {
      try manager.unprotect(
        request: frame(.post) {
          $0.option(.oscore, hex("0901a1b2c3d4").span)
          $0.payload([UInt8](repeating: 0, count: 20).span)
        })
    }
    var fresh = try Endpoint.device()
    _ = try fresh.protect(request: frame(.get))
    let sound = try fresh.protect(request: frame(.get)).frame
    #expect(throws: OSCOREError.exhausted) { try manager.unprotect(request: sound) }

    fresh.context.erase()
    #expect(throws: OSCOREError.exhausted) { try fresh.protect(request: frame(.get)) }
    #expect(bytes(fresh.context.senderKey) == [UInt8](repeating: 0, count: 16))
    #expect(bytes(fresh.context.recipientKey) == [UInt8](repeating: 0, count: 16))
  }
}
