import CoAP
import Foundation
import Testing

@testable import OSCORE

@Suite("RFC 8613, appendix C")
struct VectorTests {
  @Test("Keys, common IV and nonces come out of the contexts", arguments: try Vectors.records(of: "context"))
  func contexts(record: Vectors.Record) throws {
    let endpoint = try record.endpoint()
    let context = endpoint.context
    #expect(hexText(bytes(context.senderKey)) == record[5])
    #expect(hexText(bytes(context.recipientKey)) == record[6])
    #expect(hexText(bytes(context.commonIV)) == record[7])
    for (id, nonce) in [(context.senderID, record[8]), (context.recipientID, record[9])] {
      let input = CipherInput(
        commonIV: context.commonIV, nonceID: id, noncePartialIV: PartialIV(0), requestKid: id,
        requestPartialIV: PartialIV(0))
      #expect(hexText(bytes(input.nonce)) == nonce)
    }
  }

  @Test("Requests are protected as the RFC has them, and unprotected", arguments: try Vectors.records(of: "request"))
  func requests(record: Vectors.Record) throws {
    var client = try Vectors.context(record[0]).endpoint()
    var server = try Vectors.context(record[0].replacing("client", with: "server")).endpoint()
    let number = try #require(UInt32(record[1]))
    client.context.senderSequenceNumber = number
    let input = CipherInput(
      commonIV: client.context.commonIV, nonceID: client.context.senderID, noncePartialIV: PartialIV(number),
      requestKid: client.context.senderID, requestPartialIV: PartialIV(number))
    #expect(hexText(Array(bytes(input.additionalData)[..<input.additionalDataBytes])) == record[4])
    #expect(hexText(bytes(input.nonce)) == record[5])

    let plain = frame(.get, token: hex(record[2]), body: hex(record[3]))
    let protected = try client.protect(request: plain).frame
    #expect(hexText(protected) == hexText(frame(.post, token: hex(record[2]), body: hex(record[8]))))
    let options = try options(of: protected)
    #expect(options.first { $0.number == .oscore }?.value == hex(record[6]))
    #expect(try hexText(payload(of: protected)) == record[7])

    // Uri-Host, class U, does not come out of it.
    let received = try server.unprotect(request: protected).frame
    #expect(hexText(received) == hexText(frame(.get, token: hex(record[2]), body: hex("b3747631"))))
  }

  @Test("Responses are protected as the RFC has them, and unprotected", arguments: try Vectors.records(of: "response"))
  func responses(record: Vectors.Record) throws {
    var server = try Vectors.context(record[0]).endpoint()
    var client = try Vectors.context(record[0].replacing("server", with: "client")).endpoint()
    let request = try #require(Vectors.records(of: "request").first { $0.name == record[1] })
    client.context.senderSequenceNumber = try #require(UInt32(request[1]))
    let asked = try client.protect(request: frame(.get, token: hex(request[2]), body: hex(request[3])))
    let binding = try server.unprotect(request: asked.frame).binding

    let plain = frame(.content, token: hex(request[2]), body: hex(record[2]))
    // The first answer goes without a number. The RFC's other one has one, as any second answer has.
    if record[5] != "-" { _ = try server.protect(response: plain, answering: binding) }
    let protected = try server.protect(response: plain, answering: binding)
    #expect(hexText(protected) == hexText(frame(.changed, token: hex(request[2]), body: hex(record[7]))))
    #expect(try hexText(payload(of: protected)) == record[6])
    #expect(try client.unprotect(response: protected, answering: asked.binding) == plain)
  }
}

/// The file of vectors.
enum Vectors {
  struct Record: Sendable, CustomTestStringConvertible {
    let name: String
    let fields: [String]

    subscript(index: Int) -> String { self.fields[index] }
    var testDescription: String { self.name }

    /// The context of a `context` record.
    func endpoint() throws -> Endpoint {
      try Endpoint(
        secret: hex(self[0]), salt: hex(self[1]), sender: hex(self[3]), recipient: hex(self[4]),
        idContext: self[2] == "none" ? nil : hex(self[2]))
    }
  }

  static func records(of kind: String) throws -> [Record] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../vectors/rfc8613-c.txt")
    let records = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line -> Record? in
      let fields = line.split(separator: " ").map(String.init)
      return fields[0] == kind ? Record(name: fields[1], fields: Array(fields[2...])) : nil
    }
    try #require(!records.isEmpty)
    return records
  }

  static func context(_ name: String) throws -> Record {
    try #require(self.records(of: "context").first { $0.name == name })
  }
}

func bytes<let count: Int>(_ array: InlineArray<count, UInt8>) -> [UInt8] { array.indices.map { array[$0] } }
