public import Foundation

// The admin API's JSON, for the server and for its clients. Names are stable; fields are only ever added.

/// A device as the admin API shows it.
public struct DeviceView: Codable, Sendable, Equatable {
  public var id: String
  public var state: DeviceState
  public var model: String?
  public var firmware: String?
  /// Where it was last heard.
  public var gateway: String?
  public var line: String?
  /// What it last said it holds: `nothing`, `key` or `certificate`.
  public var claims: String?
  /// The serial number of the certificate in force.
  public var serial: String?
  public var notAfter: Date?
  /// Why it does not go on.
  public var problem: Problem?
  public var createdAt: Date
  public var changedAt: Date
  public var seenAt: Date?
}

/// A certificate as the admin API shows it.
public struct CertificateView: Codable, Sendable, Equatable {
  public var serial: String
  /// SHA-256 of the DER.
  public var fingerprint: String
  public var state: CertificateRecord.State
  /// `device`, `gateway` or `manager`.
  public var holderKind: String
  /// The device's id, the gateway's name, or the manager's role.
  public var holder: String
  public var subject: String
  public var issuer: String
  public var notBefore: Date
  public var notAfter: Date
  /// SHA-256 of the SubjectPublicKeyInfo.
  public var key: String
  /// The order's transaction identifier.
  public var order: String
  /// Why the device refused it, if it did.
  public var refusal: String?
  public var createdAt: Date
}

/// A gateway as the admin API shows it.
public struct GatewayView: Codable, Sendable, Equatable {
  public var name: String
  public var state: GatewayRecord.State
  public var connected: Bool
  public var serial: String?
  public var notAfter: Date?
  public var createdAt: Date
}

/// One page of a list.
public struct PageView<Item: Codable & Sendable>: Codable, Sendable {
  public var items: [Item]
  /// What to pass as `after` for the next page.
  public var next: String?
}

/// The body of `POST /api/v1/devices`.
public struct DeviceAddition: Codable, Sendable {
  public var id: String
  public var model: String?

  public init(id: String, model: String? = nil) {
    self.id = id
    self.model = model
  }
}

/// The body of `POST /api/v1/gateways`.
public struct GatewayEnrolment: Codable, Sendable {
  public var name: String
  /// The PKCS#10 in PEM.
  public var request: String

  public init(name: String, request: String) {
    self.name = name
    self.request = request
  }
}

/// The answer to a gateway's enrolment; all PEM.
public struct GatewayCredentials: Codable, Sendable {
  public var certificate: String
  /// The intermediates.
  public var chain: String
  /// The network's anchor, which the gateway must trust.
  public var anchor: String
}

/// How the manager is.
public struct StatusView: Codable, Sendable {
  public var network: String
  /// How many devices are in each state; states with none are left out.
  public var devices: [String: Int]
  public var gatewaysConnected: Int
  /// The end of the registration authority's certificate; none until the CA has issued one.
  public var registrationAuthorityUntil: Date?
}

/// A problem document (RFC 9457). `type` is `urn:muster:problem:` and the code.
public struct ProblemDocument: Codable, Sendable, Equatable {
  public var type: String
  public var title: String
  public var status: Int
  public var detail: String
  /// What to try.
  public var remedy: String?

  public static let typePrefix = "urn:muster:problem:"
}

/// How the admin API writes and reads JSON.
public enum AdminJSON {
  public static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom(ManagerDate.encode)
    return encoder
  }

  public static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom(ManagerDate.decode)
    return decoder
  }
}
