import Testing

@testable import CoAP

@Suite("Options")
struct OptionTests {
  @Test("A number's bits say what it means (RFC 7252 §5.4.6)")
  func bits() {
    #expect(OptionNumber.uriPath.isCritical && OptionNumber.uriPath.isUnsafe)
    #expect(OptionNumber.ifMatch.isCritical && !OptionNumber.ifMatch.isUnsafe)
    #expect(!OptionNumber.size1.isCritical && OptionNumber.size1.isNoCacheKey)
    #expect(OptionNumber.block1.isCritical && OptionNumber.block2.isCritical)
    #expect(!OptionNumber.musterLine.isCritical && !OptionNumber.musterLine.isUnsafe)
  }

  @Test(
    "A path matches segment by segment",
    arguments: [
      (["csr"], "csr", true), (["est", "sen"], "est/sen", true), ([], "", true), (["csr"], "", false),
      (["csr"], "cs", false), (["csr"], "csrs", false), (["cs"], "csr", false), (["est/sen"], "est/sen", false),
      (["est"], "est/sen", false), (["est", "sen", "x"], "est/sen", false), (["est", "", "sen"], "est/sen", false),
      ([""], "", true), (["a", ""], "a", false),
    ])
  func paths(segments: [String], path: String, expected: Bool) throws {
    let bytes = try write(.get) { writer in
      for segment in segments { writer.option(.uriPath, Array(segment.utf8).span) }
    }
    let message = try parse(bytes)
    let literal: StaticString =
      switch path {
      case "csr": "csr"
      case "cs": "cs"
      case "csrs": "csrs"
      case "est/sen": "est/sen"
      case "a": "a"
      default: ""
      }
    #expect(message.matches(path: literal, in: bytes.span) == expected)
  }

  @Test("A critical option nobody knows is named; an elective one is not")
  func critical() throws {
    let bytes = try write(.get) { writer in
      writer.option(OptionNumber(rawValue: 2), uint: 1)
      writer.path("csr")
      writer.option(OptionNumber(rawValue: 2049))
    }
    let message = try parse(bytes)
    #expect(
      message.firstUnsupportedCriticalOption(in: bytes.span) { $0 == .uriPath } == OptionNumber(rawValue: 2049))
    #expect(message.firstUnsupportedCriticalOption(in: bytes.span) { _ in true } == nil)
  }

  @Test("A known option that is too long, or there twice, counts as unknown")
  func malformedCritical() throws {
    let long = try write(.get) { $0.option(.block2, [1, 2, 3, 4].span) }
    #expect(try parse(long).firstUnsupportedCriticalOption(in: long.span) { _ in true } == .block2)
    let twice = try write(.get) { writer in
      writer.option(.accept, uint: 60)
      writer.option(.accept, uint: 0)
    }
    #expect(try parse(twice).firstUnsupportedCriticalOption(in: twice.span) { _ in true } == .accept)
    let emptyHost = try write(.get) { $0.option(.uriHost) }
    #expect(try parse(emptyHost).firstUnsupportedCriticalOption(in: emptyHost.span) { _ in true } == .uriHost)
    let path = try write(.get) { $0.path("a/a") }
    #expect(try parse(path).firstUnsupportedCriticalOption(in: path.span) { _ in true } == nil)
  }

  @Test("Leading zeros are read; five bytes are no integer")
  func integers() throws {
    let bytes = try write(.content) { writer in
      writer.option(.contentFormat, [0, 60].span)
      writer.option(.maxAge, [0, 0, 0, 0, 1].span)
    }
    let message = try parse(bytes)
    #expect(message.contentFormat(in: bytes.span) == .cbor)
    #expect(message.firstUInt(.maxAge, in: bytes.span) == nil)
    #expect(message.has(.maxAge, in: bytes.span) && !message.has(.accept, in: bytes.span))
  }

  @Test("Tokens of different lengths are different")
  func tokens() {
    #expect(Token([0].span) != Token([0, 0].span))
    #expect(Token([1, 2].span) == Token([1, 2].span))
    #expect(Token([UInt8](repeating: 1, count: 9).span) == nil)
    #expect(Token(0x0102_0304) == Token([1, 2, 3, 4].span))
    #expect(Set([Token(), Token(0), Token([0].span) ?? Token(1)]).count == 3)
  }

  @Test("Codes have a class and a detail")
  func codes() {
    #expect(Code(4, 29).rawValue == 0x9D && Code.tooManyRequests.codeClass == 4 && Code.tooManyRequests.detail == 29)
    #expect(Code.post.isRequest && !Code.empty.isRequest && Code.content.isResponse && Code.csm.isSignal)
    #expect(Code.changed.isSuccess && !Code.forbidden.isSuccess && Code.forbidden.isResponse)
  }
}
