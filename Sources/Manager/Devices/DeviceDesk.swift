import CoAP
import CoAPStream
import Foundation
import Logging

/// Answers a whole request of a device, which proved that it holds the key.
typealias DeviceResource = @Sendable (CoAPMessage, DeviceKey) async -> CoAPMessage

/// What devices ask of the manager: `/register` and `/report` (docs/spec/device.md), as they come through a gateway.
///
/// Whoever calls has proved its bootstrap key in the session it calls in, and the key decides which device it is. A report is
/// signed besides.
struct DeviceDesk: Sendable {
  let ledger: Ledger
  let engine: EnrolmentEngine
  let limits: CallLimits
  /// How many unknown devices may wait for an administrator.
  let pendingLimit: Int
  let logger: Logger
  /// What devices may fetch or bring besides, by its path; for those that an administrator knows.
  var resources: [[String]: DeviceResource] = [:]

  /// Answers one request. It never throws: a device gets a code for everything.
  ///
  /// - Parameters:
  ///   - route: where it came from: the gateway is the one of the connection's certificate, the line is its hint.
  ///   - key: the bootstrap key of the session it came in.
  func answer(_ request: CoAPMessage, over route: Route, key: DeviceKey) async -> CoAPMessage {
    do {
      guard request.hasOnlyKnownCriticalOptions else { return .problem(.badOption, "unknown critical option") }
      switch request.uriPath {
      case ["register"]:
        if let problem = request.isPost(of: .cbor) { return problem }
        return try await register(request.payload, over: route, key: key)
      case ["report"]:
        if let problem = request.isPost(of: .coseSign1) { return problem }
        return try await report(request.payload, from: route.gateway, key: key)
      default:
        guard let resource = resources[request.uriPath] else { return .problem(.notFound, "no such resource") }
        guard let device = try await ledger.store.device(with: key.thumbprint), device.state != .pending else {
          return .problem(.forbidden, "The device waits for an administrator.")
        }
        guard !device.state.isBlocked else { return .problem(.forbidden, "The device is \(device.state.rawValue).") }
        return await resource(request, key)
      }
    } catch let error as ManagerError {
      return refuse(error)
    } catch {
      logger.error("a device's request failed", metadata: ["gateway": "\(route.gateway)", "error": "\(error)"])
      return .busy(seconds: 5)
    }
  }

  private func refuse(_ error: ManagerError) -> CoAPMessage {
    switch error.code {
    case .invalid: .problem(.badRequest, error.reason)
    case .forbidden, .refused, .notFound: .problem(.forbidden, error.reason)
    case .overloaded: .busy(seconds: 60)
    // Somebody changed the device at the same moment: the device asks again soon.
    case .conflict, .alreadyExists: .busy(seconds: 1)
    case .configuration, .unreadableFile, .cannotWrite, .databaseTooNew, .database, .unreachable, .protocolViolation:
      .busy(seconds: 5)
    }
  }
}

extension CoAPMessage {
  /// 5.03 with the seconds after which to ask again.
  static func busy(seconds: UInt32) -> CoAPMessage {
    var message = CoAPMessage.response(.serviceUnavailable)
    message.maxAge = seconds
    return message
  }

  /// Uri-Host, Uri-Path, Content-Format, Accept and the line hint are understood; everything else that is critical is not.
  fileprivate var hasOnlyKnownCriticalOptions: Bool {
    options.allSatisfy {
      !$0.number.isCritical || $0.number == .uriHost || $0.number == .uriPath || $0.number == .accept
    }
  }

  /// What is wrong with a request that must be a POST of this format.
  fileprivate func isPost(of format: ContentFormat) -> CoAPMessage? {
    guard code == .post else { return .problem(.methodNotAllowed, "POST only") }
    guard contentFormat == format else { return .problem(.unsupportedContentFormat, "another content format") }
    return nil
  }
}
