import CoAP
import CoAPStream
import NIOCore
import NIOEmbedded
import Testing

@Suite("Frames in a stream", .timeLimit(.minutes(1)))
struct FrameTests {
  @Test("Messages come out alike however the stream is cut", arguments: [1, 2, 3, 7, 64, 10_000])
  func cutting(pieceBytes: Int) async throws {
    let peer = try await Peer()
    let server = peer.run { .response(.content, payload: $0.payload) }
    let lengths = [0, 1, 12, 13, 200, 268, 269, 270, 1000]
    var stream: [UInt8] = []
    for (index, length) in lengths.enumerated() {
      let payload = [UInt8](repeating: UInt8(index), count: length)
      stream += try CoAPMessage(code: .post, token: Token(UInt32(index)), payload: payload).serialized()
    }
    for start in stride(from: 0, to: stream.count, by: pieceBytes) {
      try await peer.send(bytes: Array(stream[start..<min(stream.count, start + pieceBytes)]))
    }
    var answered: [Token: Int] = [:]
    for _ in lengths {
      let response = try await peer.receive()
      answered[response.token] = response.payload.count
    }
    for (index, length) in lengths.enumerated() { #expect(answered[Token(UInt32(index))] == length) }
    try await peer.hangUp()
    try await server.value
  }

  @Test("A message longer than we take is refused before it is there")
  func tooLong() async throws {
    let peer = try await Peer()
    let server = peer.run()
    // 269 + 900 bytes of body, announced only.
    try await peer.send(bytes: [0xE0, 0x03, 0x84])
    #expect(try await peer.receive().code == .abort)
    #expect(await failure(of: server) == .protocolViolation("malformed message: frameTooLong"))
  }

  @Test(
    "A malformed message ends the connection with an Abort that says why",
    arguments: [
      ([0x10, 0x01, 0xFF], "emptyPayload"), ([0x0F, 0x01], "tokenTooLong"),
      ([0x20, 0x01, 0xF1, 0x00], "reservedNibble"),
      ([0x00, 0x20], "reservedCode"),
    ] as [([UInt8], String)])
  func malformed(bytes: [UInt8], reason: String) async throws {
    let peer = try await Peer()
    let server = peer.run()
    try await peer.send(bytes: bytes)
    let abort = try await peer.receive()
    #expect(abort.code == .abort && abort.payload == Array("malformed message: \(reason)".utf8))
    #expect(await failure(of: server) == .protocolViolation("malformed message: \(reason)"))
  }

  @Test("Half a message at the end of the stream is no error")
  func halfMessage() async throws {
    let peer = try await Peer()
    let server = peer.run()
    try await peer.send(bytes: [0xD0, 0x10, 0x01])
    try await peer.hangUp()
    try await server.value
  }
}
