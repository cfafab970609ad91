import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import PKI
import Testing
import X509

@testable import MockCA

/// An HTTPS client of a CA that runs for the length of one test.
struct TestServer: Sendable {
  let port: Int
  let client: HTTPClient

  struct Answer {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    /// The body as what it is in EST: base64 on one line.
    var decoded: [UInt8] { Data(base64Encoded: Data(body)).map(Array.init) ?? [] }
  }

  /// Runs the CA of a directory while `body` runs.
  static func run<Value: Sendable>(
    _ directory: String, now: @escaping @Sendable () -> Date, limits: MockCAConfiguration.Limits = .init(),
    _ body: @escaping @Sendable (TestServer) async throws -> Value
  ) async throws -> Value {
    let (events, continuation) = AsyncStream.makeStream(of: MockCAEvent.self)
    var configuration = MockCAConfiguration(
      directory: directory, host: "localhost", now: now, onEvent: { continuation.yield($0) })
    configuration.limits = limits
    let service = try await MockCA.build(configuration)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await service.run() }
      var ports = events.compactMap { if case .listening(let port) = $0 { port } else { nil } }.makeAsyncIterator()
      let port = try #require(await ports.next())
      let client = try client(directory)
      let result: Result<Value, any Error>
      do {
        result = .success(try await body(TestServer(port: port, client: client)))
      } catch {
        result = .failure(error)
      }
      try await client.shutdown()
      group.cancelAll()
      try? await group.waitForAll()
      return try result.get()
    }
  }

  private static func client(_ directory: String) throws -> HTTPClient {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(CADirectory(directory).anchorFile))
    tls.minimumTLSVersion = .tlsv13
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
  }

  func get(_ path: String) async throws -> Answer { try await send(request(path)) }

  func post(
    _ path: String, _ body: HTTPClientRequest.Body, type: String, headers: [(String, String)] = []
  ) async throws -> Answer {
    var request = request(path)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: type)
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    request.body = body
    return try await send(request)
  }

  /// Any method, without a body.
  func send(_ method: String, _ path: String) async throws -> Answer {
    var request = request(path)
    request.method = .init(rawValue: method)
    return try await send(request)
  }

  /// Orders a certificate as a registration authority does.
  func order(_ message: [UInt8], label: String = "device") async throws -> Answer {
    try await post(
      "\(label)/fullcmc", .bytes(Data(message).base64EncodedData()),
      type: "application/pkcs7-mime; smime-type=CMC-request")
  }

  private func request(_ path: String) -> HTTPClientRequest {
    HTTPClientRequest(url: "https://localhost:\(port)/.well-known/est/\(path)")
  }

  private func send(_ request: HTTPClientRequest) async throws -> Answer {
    let response = try await client.execute(request, timeout: .seconds(20))
    let body = try await response.body.collect(upTo: 1 << 20)
    let headers = response.headers.reduce(into: [String: String]()) { $0[$1.name.lowercased()] = $1.value }
    return Answer(status: Int(response.status.code), headers: headers, body: Array(body.readableBytesView))
  }
}
