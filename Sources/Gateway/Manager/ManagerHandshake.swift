import CoAPStream
import NIOCore
import NIOSSL
import NIOTLS

/// Between TLS and CoAP: adds CoAP once `coap` is agreed on, and tells the first byte that comes through.
final class ManagerHandshake: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  /// The ALPN identifier of CoAP over TLS (RFC 8323 §11.8).
  static let protocolName = "coap"

  private let configuration: CoAPConnection.Configuration
  private let managerName: String?
  private let promise: EventLoopPromise<CoAPConnection>
  private var connection: CoAPConnection?
  private var failure: (any Error)?

  /// - Parameters:
  ///   - managerName: what the manager's certificate must carry; nil when TLS has verified its address.
  ///   - promise: succeeds with the first byte from the manager, fails with what ended the attempt.
  init(
    configuration: CoAPConnection.Configuration, managerName: String?, promise: EventLoopPromise<CoAPConnection>
  ) {
    self.configuration = configuration
    self.managerName = managerName
    self.promise = promise
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let agreed)? = event as? TLSUserEvent { handshakeCompleted(context, agreed) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if let connection { promise.succeed(connection) }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    failure = failure ?? error
    // Before CoAP is there nobody else would close.
    if connection == nil { context.close(promise: nil) } else { context.fireErrorCaught(error) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    end()
  }

  private func handshakeCompleted(_ context: ChannelHandlerContext, _ agreed: String?) {
    do {
      guard agreed == Self.protocolName else {
        throw GatewayError(
          .managerUnavailable, "Who answers does not speak CoAP (ALPN).",
          advice: "Give the port at which the manager listens for gateways.")
      }
      if let managerName {
        let certificate = try context.pipeline.syncOperations.nioSSL_peerCertificate()
        try ManagerName.check(certificate, isFor: managerName)
      }
      connection = try CoAPConnection(addingHandlersTo: context.channel, configuration: configuration)
    } catch {
      failure = error
      context.close(promise: nil)
    }
  }

  private func end() {
    promise.fail(
      failure
        ?? GatewayError(
          .managerUnavailable, "The manager closed the connection before it accepted the gateway.",
          advice: "Check that this gateway is enrolled and not revoked: `muster gateway enrol`."))
  }
}
