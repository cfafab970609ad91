import COSE
import CoAP
import CoAPStream
import Crypto
import Foundation
import PKI
import SwiftASN1
import Synchronization
import X509

@testable import Manager

/// A device in the same process, as docs/spec/device.md has it: real keys, requests, certificates and reports.
final class ScriptedDevice: Sendable {
  let id: DeviceID
  let network: String
  /// Its bootstrap key.
  let bootstrap: AgreementKey
  /// The public half: what it is known by.
  let key: DeviceKey
  private struct State {
    var key: P256.Signing.PrivateKey?
    var certificate: [UInt8]?
    var body: [UInt8] = []
    var refusals: [(number: UInt64, name: String)] = []
    var requestsSigned = 0
    var deliveries = 0
    var trustEpoch: UInt64 = 1
    var descriptors: [[UInt8]] = []
    var resets = 0
  }
  private let state = Mutex(State())

  init(_ id: String, network: String = "plant", bootstrap: AgreementKey = AgreementKey()) throws {
    self.id = try DeviceID(id)
    self.bootstrap = bootstrap
    key = DeviceKey(bootstrap.coordinates)!
    self.network = network
  }

  /// The next deliveries are refused with these reasons.
  func refuse(_ number: UInt64, _ name: String) { state.withLock { $0.refusals.append((number, name)) } }
  /// As if everything had been erased.
  func reset() { state.withLock { $0 = State() } }
  var requestsSigned: Int { state.withLock { $0.requestsSigned } }
  var deliveries: Int { state.withLock { $0.deliveries } }
  /// The certificate it holds, DER.
  var certificate: [UInt8]? { state.withLock { $0.certificate } }

  /// Answers a request of the manager.
  func answer(_ request: CoAPMessage) throws -> CoAPMessage {
    switch (request.code, request.uriPath) {
    case (.post, ["csr"]): try csr()
    case (.put, ["crt"]): try crt(request)
    case (.get, ["status"]): .response(.content, contentFormat: .cbor, payload: status())
    case (.put, ["trust"]): trust(request.payload)
    case (.post, ["reset"]): resetAsked()
    default: .response(.notFound)
    }
  }

  /// The trust descriptors it was offered.
  var descriptors: [[UInt8]] { state.withLock { $0.descriptors } }
  var resets: Int { state.withLock { $0.resets } }

  private func status() -> [UInt8] {
    let epoch = state.withLock { $0.trustEpoch }
    return CBORBytes.encode { writer in
      writer.map(4)
      writer.uint(1)
      writer.text(utf8: Array(id.text.utf8).span)
      writer.uint(2)
      writer.uint(1)
      writer.uint(7)
      writer.uint(epoch)
      writer.uint(8)
      writer.bytes([UInt8](repeating: 0, count: 32).span)
    }
  }

  private func trust(_ payload: [UInt8]) -> CoAPMessage {
    let refusal: (number: UInt64, name: String)? = state.withLock { state in
      state.descriptors.append(payload)
      if !state.refusals.isEmpty { return state.refusals.removeFirst() }
      state.trustEpoch += 1
      return nil
    }
    if let refusal { return .response(.unprocessableEntity, contentFormat: .cbor, payload: Self.refusal(refusal)) }
    return .response(.changed)
  }

  private func resetAsked() -> CoAPMessage {
    state.withLock { $0.resets += 1 }
    return .response(.changed)
  }

  private func csr() throws -> CoAPMessage {
    let key = state.withLock { state in
      state.requestsSigned += 1
      let key = state.key ?? P256.Signing.PrivateKey()
      state.key = key
      return key
    }
    let request = try CertificationRequest(
      subject: Subject(organization: network, serialNumber: id.text, commonName: id.text),
      key: SigningKey(pem: key.pemRepresentation))
    return .response(.changed, contentFormat: .pkcs10, payload: request.derBytes)
  }

  /// Takes blocks in order; after the last it checks key and subject.
  private func crt(_ request: CoAPMessage) throws -> CoAPMessage {
    let block = request.block1
    let body: [UInt8]? = state.withLock { state in
      if block?.number ?? 0 == 0 { state.body = [] }
      state.body += request.payload
      return block?.more == true ? nil : state.body
    }
    guard let body else {
      var answer = CoAPMessage.response(.continue)
      answer.block1 = block
      return answer
    }
    let leaf = try CertificateBundle.decode(body)[0]
    let refusal = state.withLock { state in
      state.deliveries += 1
      return state.refusals.isEmpty ? nil : state.refusals.removeFirst()
    }
    if let refusal { return .response(.unprocessableEntity, contentFormat: .cbor, payload: Self.refusal(refusal)) }
    let held = state.withLock { $0.key?.publicKey }
    guard let held, leaf.publicKey == .init(held) else {
      return .response(.unprocessableEntity, contentFormat: .cbor, payload: Self.refusal((26, "otherKey")))
    }
    let der = try leaf.der
    state.withLock { $0.certificate = der }
    return .response(.changed)
  }

  /// `POST /register`.
  func registration() throws -> CoAPMessage {
    let (key, certificate) = state.withLock { ($0.key, $0.certificate) }
    let serial = try certificate.map { Array(try Certificate(derEncoded: $0).serialNumber.bytes) }
    let payload = CBORBytes.encode { writer in
      writer.map(serial == nil ? 5 : 6)
      writer.uint(1)
      writer.text(utf8: Array(id.text.utf8).span)
      writer.uint(2)
      writer.text("scripted")
      writer.uint(3)
      writer.text("1.0")
      writer.uint(4)
      writer.uint(serial != nil ? 3 : key != nil ? 2 : 1)
      if let serial {
        writer.uint(5)
        writer.bytes(serial.span)
      }
      writer.uint(6)
      writer.uint(512)
    }
    return .request(.post, "register", contentFormat: .cbor, payload: payload)
  }

  /// `POST /report`; nil as long as there is nothing to report.
  func report() throws -> CoAPMessage? {
    let (key, certificate) = state.withLock { ($0.key, $0.certificate) }
    guard let key, let certificate else { return nil }
    return .request(
      .post, "report", contentFormat: .coseSign1, payload: try Self.report(id, key: key, certificate: certificate))
  }

  static func report(_ id: DeviceID, key: P256.Signing.PrivateKey, certificate: [UInt8]) throws -> [UInt8] {
    let read = try Certificate(derEncoded: certificate)
    let payload = CBORBytes.encode { writer in
      writer.map(6)
      writer.uint(1)
      writer.text(utf8: Array(id.text.utf8).span)
      writer.uint(2)
      writer.bytes(Array(read.serialNumber.bytes).span)
      writer.uint(3)
      writer.bytes(Array(SHA256.hash(data: certificate)).span)
      writer.uint(4)
      writer.uint(UInt64(read.notValidBefore.timeIntervalSince1970))
      writer.uint(5)
      writer.uint(UInt64(read.notValidAfter.timeIntervalSince1970))
      writer.uint(6)
      writer.uint(1)
    }
    return try CBORBytes.sign1(payload, key: key)
  }

  private static func refusal(_ refusal: (number: UInt64, name: String)) -> [UInt8] {
    CBORBytes.encode { writer in
      writer.map(2)
      writer.uint(1)
      writer.uint(refusal.number)
      writer.uint(2)
      writer.text(utf8: Array(refusal.name.utf8).span)
    }
  }
}

/// CBOR and COSE as arrays, for tests.
enum CBORBytes {
  static func encode(_ body: (inout CBORWriter) -> Void) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1024)
    var span = bytes.mutableSpan
    var writer = CBORWriter(&span)
    body(&writer)
    let count = (try? writer.finish()) ?? 0
    return Array(bytes.prefix(count))
  }

  /// A COSE_Sign1 with ES256, made here byte by byte and not by the code under test.
  static func sign1(_ payload: [UInt8], key: P256.Signing.PrivateKey) throws -> [UInt8] {
    let protected: [UInt8] = [0xA1, 0x01, 0x26]
    let structure = encode { writer in
      writer.array(4)
      writer.text("Signature1")
      writer.bytes(protected.span)
      writer.bytes([UInt8]().span)
      writer.bytes(payload.span)
    }
    let signature = Array(try key.signature(for: structure).rawRepresentation)
    return encode { writer in
      writer.array(4)
      writer.bytes(protected.span)
      writer.map(0)
      writer.bytes(payload.span)
      writer.bytes(signature.span)
    }
  }
}
