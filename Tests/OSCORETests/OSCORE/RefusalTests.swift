import COSE
import CoAP
import Testing

@testable import OSCORE

@Suite("What is refused, each for its own reason")
struct RefusalTests {
  /// The OSCORE option of a protected request is taken out and another put in its place.
  private static let malformed: [(value: String, error: OSCOREError)] = [
    ("2900a1b2c3d4", .reservedFlag), ("4900a1b2c3d4", .reservedFlag), ("8900a1b2c3d4", .reservedFlag),
    ("0e000000000001a1b2c3d4", .reservedLength), ("0f00000000000001a1b2c3d4", .reservedLength),
    ("00", .needlessFlags), ("0001", .optionTrailingBytes), ("0100a1", .optionTrailingBytes),
    ("03", .optionTruncated), ("0201", .optionTruncated), ("1100", .optionTruncated), ("110002aa", .optionTruncated),
    ("0a0001a1b2c3d4", .partialIVNotShortest), ("0d0000000001a1b2c3d4", .partialIVNotShortest),
    ("08a1b2c3d4", .noPartialIV), ("", .noPartialIV), ("0100", .noKeyIdentifier),
    ("0900a1b2c3", .unknownContext), ("0900a1b2c3d4e5", .unknownContext), ("090005", .unknownContext),
    ("0900a1b2c3d4a1b2c3d4", .unknownContext), ("190001aaa1b2c3d4", .unknownContext),
    ("190009aaaaaaaaaaaaaaaaaaa1b2c3d4", .unknownContext),
  ]

  @Test("A request with a malformed OSCORE option", arguments: Self.malformed)
  func malformedOptions(value: String, error: OSCOREError) throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    let sound = try device.protect(request: frame(.get) { $0.path("time") }).frame
    let ciphertext = try payload(of: sound)
    let broken = try frame(.post) {
      $0.option(.oscore, hex(value).span)
      $0.payload(ciphertext.span)
    }
    #expect(throws: error) { try manager.unprotect(request: broken) }
    // None of it did harm to the sound one.
    _ = try manager.unprotect(request: sound)
  }

  @Test("A frame that is no protected request at all")
  func frames() throws {
    var manager = try Endpoint.manager()
    let option = hex("0900a1b2c3d4")
    #expect(throws: OSCOREError.notCoAP) { try manager.unprotect(request: [0x10]) }
    #expect(throws: OSCOREError.notCoAP) { try manager.unprotect(request: []) }
    #expect(throws: OSCOREError.notProtected) { try manager.unprotect(request: frame(.get) { $0.path("time") }) }
    #expect(throws: OSCOREError.otherKind) {
      try manager.unprotect(request: frame(.changed) { $0.option(.oscore, option.span) })
    }
    #expect(throws: OSCOREError.otherKind) { try manager.unprotect(request: frame(.ping)) }
    #expect(throws: OSCOREError.repeatedOption) {
      try manager.unprotect(
        request: frame(.post) {
          $0.option(.oscore, option.span)
          $0.option(.oscore, option.span)
        })
    }
    for count in 0...8 {
      #expect(throws: OSCOREError.noCiphertext) {
        try manager.unprotect(
          request: frame(.post) {
            $0.option(.oscore, option.span)
            $0.payload([UInt8](repeating: 1, count: count).span)
          })
      }
    }
    #expect(throws: OSCOREError.badTag) {
      try manager.unprotect(
        request: frame(.post) {
          $0.option(.oscore, option.span)
          $0.payload([UInt8](repeating: 1, count: 9).span)
        })
    }
  }

  @Test("Every byte of a request's body altered, and every prefix of it")
  func alterations() throws {
    var device = try Endpoint.device()
    let request = try device.protect(
      request: frame(.put, token: [3]) {
        $0.path("crt")
        $0.option(.block1, uint: 0x0E)
        $0.payload([UInt8](repeating: 0x5A, count: 60).span)
      }
    ).frame
    var manager = try Endpoint.manager()
    let start = try Message.parse(request.span).options.lowerBound
    for index in start..<request.count {
      for bit in 0..<8 {
        var altered = request
        altered[index] ^= 1 << bit
        #expect(throws: OSCOREError.self, "byte \(index), bit \(bit)") { try manager.unprotect(request: altered) }
      }
    }
    for count in 0..<request.count - start {
      let cut = frame(.post, token: [3], body: Array(request[start..<start + count]))
      #expect(throws: OSCOREError.self, "\(count) bytes") { try manager.unprotect(request: cut) }
    }
    _ = try manager.unprotect(request: request)
  }

  @Test("Every bit of a response altered, an answer to another request, an answer of the client's own")
  func responses() throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    let first = try device.protect(request: frame(.get) { $0.path("time") })
    let second = try device.protect(request: frame(.get) { $0.path("time") })
    let received = try manager.unprotect(request: first.frame)
    let answer = try manager.protect(
      response: frame(.content) { $0.payload([1, 2].span) }, answering: received.binding)
    let numbered = try manager.protect(response: frame(.content), answering: received.binding)
    for response in [answer, numbered] {
      let start = try Message.parse(response.span).options.lowerBound
      for index in start..<response.count {
        for bit in 0..<8 {
          var altered = response
          altered[index] ^= 1 << bit
          #expect(throws: OSCOREError.self, "byte \(index), bit \(bit)") {
            try device.unprotect(response: altered, answering: first.binding)
          }
        }
      }
      #expect(throws: OSCOREError.badTag) { try device.unprotect(response: response, answering: second.binding) }
      #expect(throws: OSCOREError.badTag) { try manager.unprotect(response: response, answering: first.binding) }
      _ = try device.unprotect(response: response, answering: first.binding)
    }
    #expect(throws: OSCOREError.notProtected) {
      try device.unprotect(response: frame(.unauthorized), answering: first.binding)
    }
    #expect(throws: OSCOREError.otherKind) {
      try device.unprotect(response: first.frame, answering: first.binding)
    }
    // A kid is not needed in an answer; where there is one, it has to be the peer's.
    let ciphertext = try payload(of: answer)
    for (option, isPeers) in [(hex("0805"), true), (hex("0806"), false), (hex("08"), false), (hex("100101"), false)] {
      let named = try frame(.changed) {
        $0.option(.oscore, option.span)
        $0.payload(ciphertext.span)
      }
      if isPeers {
        _ = try device.unprotect(response: named, answering: first.binding)
      } else {
        #expect(throws: OSCOREError.unknownContext) {
          try device.unprotect(response: named, answering: first.binding)
        }
      }
    }
  }

  @Test("A request sent back to who made it is for nobody's ears")
  func reflection() throws {
    var device = try Endpoint.device()
    let request = try device.protect(request: frame(.get) { $0.path("time") }).frame
    #expect(throws: OSCOREError.unknownContext) { try device.unprotect(request: request) }
    // And with the kid it would have to have.
    let ciphertext = try payload(of: request)
    let reflected = try frame(.post) {
      $0.option(.oscore, hex("090005").span)
      $0.payload(ciphertext.span)
    }
    #expect(throws: OSCOREError.badTag) { try device.unprotect(request: reflected) }
  }

  @Test(
    "An inside that the peer should not have sealed",
    arguments: [
      ("", .noCiphertext), ("00", .innerCode), ("45", .innerCode), ("e2", .innerCode), ("03ff", .innerMalformed),
      ("03b5", .innerMalformed), ("03f0", .innerMalformed), ("033161", .innerOption), ("0371ff", .innerOption),
      ("0390", .innerOption), ("03d10310", .innerOption), ("03d008", .innerOption),
      ("03d11641", .innerOption), ("03d11a41", .innerOption), ("03e0fcdb", .innerOption),
    ] as [(String, OSCOREError)])
  func insides(inner: String, error: OSCOREError) throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    let request = try device.sealed(inner: hex(inner))
    #expect(throws: error) { try manager.unprotect(request: request) }
    // It was the peer's all the same: it does not come a second time.
    if error != .noCiphertext { #expect(throws: OSCOREError.replayed) { try manager.unprotect(request: request) } }
  }

  @Test("What is outside is the forwarders', and none of it comes out")
  func outerClassE() throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    let sound = try device.protect(request: frame(.get) { $0.path("time") }).frame
    let option = try options(of: sound).first?.value ?? []
    let ciphertext = try payload(of: sound)
    let dressed = try frame(.delete) {
      $0.option(.ifMatch, [1].span)
      $0.option(.uriHost, text: "elsewhere")
      $0.option(.observe)
      $0.option(.oscore, option.span)
      $0.path("reset")
      $0.option(.echo, [1, 2, 3, 4].span)
      $0.option(.musterLine, text: "line-1")
      $0.payload(ciphertext.span)
    }
    #expect(try manager.unprotect(request: dressed).frame == frame(.get) { $0.path("time") })
  }

  @Test("Observe in a request is passed over by who serves, and is no part of an answer")
  func observe() throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    let request = try device.sealed(inner: hex("0160"))
    _ = try manager.unprotect(request: request)
    for number in [OptionNumber.observe, .oscore, .edhoc, .proxyUri] {
      #expect(throws: OSCOREError.unprotectable) { try device.protect(request: frame(.get) { $0.option(number) }) }
    }
    // Nothing was used up but what the first request took.
    #expect(device.context.senderSequenceNumber == 1)
  }

  @Test("What is protected must be of the kind that is asked for")
  func kinds() throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    #expect(throws: OSCOREError.otherKind) { try device.protect(request: frame(.changed)) }
    #expect(throws: OSCOREError.otherKind) { try device.protect(request: frame(.csm)) }
    #expect(throws: OSCOREError.notCoAP) { try device.protect(request: [0xFF]) }
    let asked = try device.protect(request: frame(.get))
    let binding = try manager.unprotect(request: asked.frame).binding
    #expect(throws: OSCOREError.otherKind) { try manager.protect(response: frame(.get), answering: binding) }
  }

  @Test("Two ends with one ID are no session")
  func sameIdentifiers() {
    #expect(throws: COSE.CryptoError.unsupported) {
      let endpoint = try Endpoint(sender: [1], recipient: [1])
      _ = endpoint.context.failures
    }
  }

  @Test("Answers to what is refused tell a code and nothing else")
  func answers() throws {
    for raw in UInt8(1)...26 {
      let error = try #require(OSCOREError(rawValue: raw))
      var buffer = [UInt8](repeating: 0xEE, count: 10)
      var span = buffer.mutableSpan
      let count = error.writeAnswer(token: token([7, 7]), into: &span)
      #expect(Array(buffer[..<count]) == [0x02, error.answer.rawValue, 7, 7])
      #expect(error.answer.codeClass >= 4)
    }
    #expect(OSCOREError(rawValue: 27) == nil)
    #expect(OSCOREError.unknownContext.answer == .unauthorized && OSCOREError.replayed.answer == .unauthorized)
    #expect(OSCOREError.badTag.answer == .badRequest && OSCOREError.reservedFlag.answer == .badOption)
  }
}
