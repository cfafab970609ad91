import CoAP
import CoAPStream
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import PKI

@testable import Manager

/// A gateway in the same process: real TLS, real CoAP, scripted devices behind its lines.
struct TestGateway: Sendable {
  let name: String
  let devices: [SecuredDevice]
  let credentials: GatewayCredentials
  let key: SigningKey

  /// Enrols over the admin API.
  static func enrol(
    _ name: String, devices: [ScriptedDevice], by client: AdminClient, of network: LiveNetwork,
    replace: Bool = false, names: [String] = []
  ) async throws -> TestGateway {
    let key = SigningKey()
    let request = try CertificationRequest(subject: Subject(commonName: name), dnsNames: names, key: key)
    let pem =
      "-----BEGIN CERTIFICATE REQUEST-----\n\(Data(request.derBytes).base64EncodedString(options: .lineLength64Characters))\n"
      + "-----END CERTIFICATE REQUEST-----\n"
    let credentials: GatewayCredentials = try await client.post(
      "gateways", GatewayEnrolment(name: name, request: pem, replace: replace))
    let manager = try network.managerKey()
    return TestGateway(
      name: name, devices: try devices.map { try SecuredDevice($0, manager: manager) }, credentials: credentials,
      key: key)
  }

  /// Connects, and serves its devices' lines while `body` runs.
  func connected<Result: Sendable>(
    to address: ListenAddress, requestsAtOnce: Int = 128, _ body: (CoAPConnection) async throws -> Result
  ) async throws -> Result {
    let connection = try await connect(to: address, requestsAtOnce: requestsAtOnce)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try? await connection.run { answer($0) } }
      defer { group.cancelAll() }
      return try await body(connection)
    }
  }

  /// Sends a device's message up its line, in its session; when the manager does not know that, in a new one.
  func send(
    _ message: CoAPMessage, of device: ScriptedDevice, over connection: CoAPConnection
  ) async throws -> CoAPMessage {
    let device = devices.first { $0.inner === device }!
    func ask(_ message: CoAPMessage) async throws -> CoAPMessage {
      try await connection.request(message.from(device.line), timeout: .seconds(60))
    }
    if device.hasSession {
      let answer = try await ask(try device.protect(message))
      if answer.value(of: .oscore) != nil { return try device.open(answer) }
    }
    let message3 = try device.message3(try await ask(try device.message1()), by: .value)
    return try device.open(try await ask(try device.protect(message, message3: message3)))
  }

  private func answer(_ request: CoAPMessage) -> CoAPMessage {
    guard let device = devices.first(where: { request.uriHost == "\($0.line).\(name)" }) else {
      return .problem(.notFound, "unknown line")
    }
    return (try? device.answer(request)) ?? .response(.internalServerError)
  }

  func connect(to address: ListenAddress, requestsAtOnce: Int = 128) async throws -> CoAPConnection {
    var limits = CoAPConnection.Configuration()
    limits.maximumOutstandingRequests = requestsAtOnce
    // A device's certificates in one message; muster's own gateway takes longer ones still.
    limits.maximumMessageBytes = 1280 + 256
    let configuration = limits
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    tls.applicationProtocols = ["coap"]
    tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(credentials.anchor.utf8)))
    tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array((credentials.certificate + credentials.chain).utf8))
      .map { .certificate($0) }
    tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pem.utf8), format: .pem))
    let context = try NIOSSLContext(configuration: tls)
    let negotiated = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: address.host, port: address.port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let negotiation = NIOTypedApplicationProtocolNegotiationHandler<CoAPConnection> { result, channel in
            channel.eventLoop.makeCompletedFuture {
              guard case .negotiated("coap") = result else { throw ChannelError.ioOnClosedChannel }
              return try CoAPConnection(addingHandlersTo: channel, configuration: configuration)
            }
          }
          try channel.pipeline.syncOperations.addHandlers(
            NIOSSLClientHandler(context: context, serverHostname: nil), negotiation)
          return negotiation.protocolNegotiationResult
        }
      }
    return try await negotiated.get()
  }
}
