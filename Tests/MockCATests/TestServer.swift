import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import PKI
import Testing
import X509

@testable import MockCA

/// An HTTPS client of a CA that runs for the length of one test.
struct TestServer: Sendable {
  let port: Int
  /// The status listener's.
  let statusPort: Int
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
    statusPort: Int? = 0, _ body: @escaping @Sendable (TestServer) async throws -> Value
  ) async throws -> Value {
    let (events, continuation) = AsyncStream.makeStream(of: MockCAEvent.self)
    var configuration = MockCAConfiguration(
      directory: directory, host: "localhost", now: now, onEvent: { continuation.yield($0) })
    configuration.limits = limits
    configuration.statusPort = statusPort
    let service = try await MockCA.build(configuration)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await service.run() }
      var ports: [Bool: Int] = [:]
      for await event in events {
        switch event {
        case .listening(let port): ports[true] = port
        case .statusListening(let port): ports[false] = port
        default: break
        }
        if ports.count == 2 { break }
      }
      let (port, statusPort) = (try #require(ports[true]), try #require(ports[false]))
      let client = try client(directory)
      let result: Result<Value, any Error>
      do {
        result = .success(try await body(TestServer(port: port, statusPort: statusPort, client: client)))
      } catch {
        result = .failure(error)
      }
      try await client.shutdown()
      group.cancelAll()
      try? await group.waitForAll()
      return try result.get()
    }
  }

  static func client(_ directory: String) throws -> HTTPClient {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(CADirectory(directory).anchorFile))
    tls.minimumTLSVersion = .tlsv13
    return client(tls)
  }

  /// A client that takes a server which is not there for not there, at once.
  static func client(_ tls: TLSConfiguration) -> HTTPClient {
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
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

  /// Fetches something of certificates' status, or asks for it.
  func status(_ path: String, asking question: [UInt8]? = nil, headers: [(String, String)] = []) async throws -> Answer
  {
    var request = HTTPClientRequest(url: "http://localhost:\(statusPort)/\(path)")
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let question {
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/ocsp-request")
      request.body = .bytes(question)
    }
    return try await send(request)
  }

  /// A port of this machine that nobody listens on now.
  static func freePort() async throws -> Int {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(
      host: "localhost", port: 0
    ).get()
    defer { channel.close(promise: nil) }
    return try #require(channel.localAddress?.port)
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
    let response = try await client.execute(request, timeout: .seconds(60))
    let body = try await response.body.collect(upTo: 16 << 20)
    let headers = response.headers.reduce(into: [String: String]()) { $0[$1.name.lowercased()] = $1.value }
    return Answer(status: Int(response.status.code), headers: headers, body: Array(body.readableBytesView))
  }
}
