import Foundation
import Testing

@testable import SerialLink

@Suite("The published vectors")
struct VectorTests {
  let file: VectorFile

  init() throws {
    file = try VectorFile()
  }

  @Test("CRC-32C")
  func checksums() throws {
    #expect(file.lines("crc").count >= 5)
    for line in file.lines("crc") {
      var crc = CRC32C()
      for byte in try line.bytes(1) { crc.update(byte) }
      #expect(String(crc.value, radix: 16) == line.words[2], "line \(line.number)")
    }
  }

  @Test("Frames, written and read")
  func frames() throws {
    #expect(file.lines("frame").count >= 11)
    for line in file.lines("frame") {
      let header = try line.bytes(2).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let payload = line.words[3] == "-" ? [] : try line.bytes(3)
      let wire = try line.bytes(4)
      let read = FrameCodec.decode(wire)
      #expect(read.frames == [.init(header: header, payload: payload)], "line \(line.number)")
      #expect(hex(FrameCodec.encode(header: header, payload: payload)) == hex(wire), "line \(line.number)")
      guard payload.count <= Specification.helloBytes else { continue }
      let control = FrameCodec.encodeControl(header: header, payload: payload)
      let leads = FrameHeader(rawValue: header).kind == FrameKind.hello
      #expect(control == (leads ? [0] : []) + wire, "line \(line.number)")
    }
  }

  @Test("Damaged frames are dropped and the next one is taken")
  func damaged() throws {
    let good = FrameCodec.encode(header: 0x1268_0000, payload: [1, 0, 2])
    #expect(file.lines("damaged").count >= 7)
    for line in file.lines("damaged") {
      let read = FrameCodec.decode(try line.bytes(2) + good)
      #expect(read.damaged == 1, "line \(line.number)")
      #expect(read.frames == [.init(header: 0x1268_0000, payload: [1, 0, 2])], "line \(line.number)")
    }
  }

  @Test("Transcripts: every byte and every event of both ends")
  func transcripts() throws {
    #expect(file.transcripts.count >= 10)
    for lines in file.transcripts { try TranscriptPlayer(head: lines[0]).play(lines.dropFirst()) }
  }

  @Test("An independent program makes the same file and finds it in order")
  func oracle() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let script = VectorFile.root.appending(path: "Tests/SerialLinkTests/oracle/link_vectors.py")
    process.arguments = ["python3", script.path(percentEncoded: false), "check", VectorFile.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
