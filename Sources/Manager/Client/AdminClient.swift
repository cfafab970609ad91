import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import PKI
import X509

/// A client of the admin API, for the command line and for programs.
///
///     try await AdminClient.with(manager: url, credentials: folder) { client in
///       let page: PageView<DeviceView> = try await client.get("devices")
///     }
public struct AdminClient: Sendable {
  private let url: String
  private let http: HTTPClient

  private static let longestAnswerBytes = 16 * 1024 * 1024
  private static let deadline: TimeAmount = .seconds(60)

  /// Runs `body` with a client and closes it behind.
  ///
  /// - Parameters:
  ///   - manager: the admin listener, such as `https://127.0.0.1:8443`.
  ///   - credentials: the folder with `ca.pem`, `admin.pem` and `admin.key`.
  /// - Throws: ``ManagerError``: `unreadableFile` for the credentials, and what `body` throws.
  public static func with<Result: Sendable>(
    manager: String, credentials: String, _ body: (AdminClient) async throws -> Result
  ) async throws -> Result {
    let client = try AdminClient(manager: manager, credentials: credentials)
    do {
      let result = try await body(client)
      try await client.http.shutdown()
      return result
    } catch {
      try? await client.http.shutdown()
      throw error
    }
  }

  private init(manager: String, credentials: String) throws(ManagerError) {
    guard manager.hasPrefix("https://") else {
      throw ManagerError(.invalid, "'\(manager)' is no https:// URL.", remedy: "Give the manager's with --manager.")
    }
    url = manager.hasSuffix("/") ? String(manager.dropLast()) : manager
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: try Self.tls(credentials), redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(5), read: .seconds(60)))
    configuration.httpVersion = .http1Only
    // Who is not there is said to be not there at once; trying again is decided elsewhere.
    configuration.connectionPool.retryConnectionEstablishment = false
    http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  private static func tls(_ folder: String) throws(ManagerError) -> TLSConfiguration {
    do {
      let key = try KeyFile.read("\(folder)/admin.key")
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.minimumTLSVersion = .tlsv13
      tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile("\(folder)/ca.pem"))
      tls.certificateChain = try NIOSSLCertificate.fromPEMFile("\(folder)/admin.pem").map { .certificate($0) }
      tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pem.utf8), format: .pem))
      return tls
    } catch {
      throw ManagerError(
        .unreadableFile, "There are no usable administrator's credentials in \(folder): \(error)",
        remedy: "Give their folder with --credentials or MUSTER_CREDENTIALS; the manager makes them in DIR/admin.")
    }
  }

  /// Reads a resource.
  ///
  /// - Parameters:
  ///   - path: what follows `/api/v1/`.
  ///   - query: the query's parameters.
  /// - Throws: ``ManagerError``: what the manager says, `unreachable` when it says nothing.
  public func get<Value: Decodable>(_ path: String, query: [String: String] = [:]) async throws(ManagerError) -> Value {
    try decode(try await bytes(path, query: query))
  }

  /// Reads a resource that is no JSON.
  public func bytes(_ path: String, query: [String: String] = [:]) async throws(ManagerError) -> [UInt8] {
    var components = URLComponents()
    components.queryItems =
      query.isEmpty ? nil : query.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) }
    return try await send(path + (components.string ?? ""), method: .GET, body: nil)
  }

  /// Asks for an action.
  public func post<Value: Decodable>(_ path: String) async throws(ManagerError) -> Value {
    try decode(try await send(path, method: .POST, body: nil))
  }

  /// Asks for an action that needs a body.
  public func post<Value: Decodable>(_ path: String, _ body: some Encodable) async throws(ManagerError) -> Value {
    let encoded: Data
    do { encoded = try AdminJSON.encoder.encode(body) } catch {
      throw ManagerError(.invalid, "The request cannot be written as JSON: \(error).")
    }
    return try decode(try await send(path, method: .POST, body: Array(encoded)))
  }

  /// Sends a text.
  public func post<Value: Decodable>(
    _ path: String, text: String, query: [String: String] = [:]
  ) async throws(ManagerError) -> Value {
    var components = URLComponents()
    components.queryItems = query.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) }
    return try decode(try await send(path + (components.string ?? ""), method: .POST, body: Array(text.utf8)))
  }

  private func decode<Value: Decodable>(_ bytes: [UInt8]) throws(ManagerError) -> Value {
    do {
      return try AdminJSON.decoder.decode(Value.self, from: Data(bytes))
    } catch {
      throw ManagerError(
        .protocolViolation, "The manager's answer cannot be understood.",
        remedy: "Use the manager's own version of muster.")
    }
  }

  private func send(_ path: String, method: HTTPMethod, body: [UInt8]?) async throws(ManagerError) -> [UInt8] {
    var request = HTTPClientRequest(url: "\(url)/api/v1/\(path)")
    request.method = method
    if let body {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(bytes: body))
    }
    let status: UInt
    let bytes: [UInt8]
    do {
      let response = try await http.execute(request, deadline: .now() + Self.deadline)
      status = response.status.code
      bytes = Array(try await response.body.collect(upTo: Self.longestAnswerBytes).readableBytesView)
    } catch {
      throw ManagerError(
        error, asking: "The manager at \(url)", anchor: "ca.pem of the credentials",
        advice: "Check that it runs, and give its address with --manager.")
    }
    guard status < 400 else {
      if let problem = try? AdminJSON.decoder.decode(ProblemDocument.self, from: Data(bytes)) { throw problem.error }
      throw ManagerError(.protocolViolation, "The manager at \(url) answered with HTTP status \(status).")
    }
    return bytes
  }
}
