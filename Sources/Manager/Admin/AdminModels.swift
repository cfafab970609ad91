public import Foundation

// The admin API's JSON, for the server and for its clients. Names are stable; fields are only ever added.

/// A device as the admin API shows it.
public struct DeviceView: Codable, Sendable, Equatable {
  /// Its serial number.
  public var id: String
  /// Where it stands.
  public var state: DeviceState
  /// As it says itself.
  public var model: String?
  /// As it says itself.
  public var firmware: String?
  /// Where it was last heard.
  public var gateway: String?
  /// The line there.
  public var line: String?
  /// What it last said it holds: `nothing`, `key` or `certificate`.
  public var claims: String?
  /// The serial number of the certificate in force.
  public var serial: String?
  /// The end of that certificate.
  public var notAfter: Date?
  /// Why it does not go on.
  public var problem: Problem?
  /// Since when it is known.
  public var createdAt: Date
  /// When its state last changed.
  public var changedAt: Date
  /// When it last called.
  public var seenAt: Date?
  /// What its bootstrap key is known by; none for a device that is known by its id alone.
  public var thumbprint: String?
  /// What an administrator should look at.
  public var alarm: Alarm?
  /// Where it has been, the newest place first; only when one device is shown.
  public var places: [PlaceView]?
  /// Which of its certificates were withdrawn; only when one device is shown.
  public var revocations: [RevocationView]?
  /// The enrolment profile of a device that comes over EST. Its thumbprint is SHA-256 of its key's SubjectPublicKeyInfo then.
  public var profile: String?
}

/// The body of `POST /api/v1/devices/ID/invite`.
public struct InvitationOrder: Codable, Sendable {
  /// The enrolment profile; `device` without.
  public var profile: String?
  /// For how long the code is valid; a day without.
  public var seconds: Int?

  /// A device to be invited.
  public init(profile: String? = nil, seconds: Int? = nil) {
    self.profile = profile
    self.seconds = seconds
  }
}

/// A one-time code: shown here, and never again.
public struct InvitationView: Codable, Sendable, Equatable {
  /// Whom it lets in.
  public var device: String
  /// By which profile.
  public var profile: String
  /// The password of HTTP Basic, with any user.
  public var code: String
  /// Until when.
  public var expires: Date
}

/// A place where a device was seen.
public struct PlaceView: Codable, Sendable, Equatable {
  /// The gateway's name.
  public var gateway: String
  /// The line there.
  public var line: String
  /// Since when.
  public var since: Date
}

/// A line of a factory list that was not taken.
public struct ImportFault: Codable, Sendable, Equatable {
  /// Counted from 1.
  public var line: Int
  /// What is wrong with it, in a sentence.
  public var reason: String
}

/// What became of a factory list.
public struct ImportReport: Codable, Sendable, Equatable {
  /// Whether anything was written.
  public var written: Bool
  /// Devices that are new, or got the thumbprint they lacked; with `written` false, those that would be.
  public var added: Int
  /// Devices that were known just so.
  public var known: Int
  /// The bad lines.
  public var faults: [ImportFault]
}

/// A certificate as the admin API shows it.
public struct CertificateView: Codable, Sendable, Equatable {
  /// In lower-case hexadecimal.
  public var serial: String
  /// SHA-256 of the DER.
  public var fingerprint: String
  /// What became of it.
  public var state: CertificateState
  /// `device`, `gateway` or `manager`.
  public var holderKind: String
  /// The device's id, the gateway's name, or the manager's role.
  public var holder: String
  /// Whom it names.
  public var subject: String
  /// Who issued it.
  public var issuer: String
  /// The first second of its life.
  public var notBefore: Date
  /// The last second of its life.
  public var notAfter: Date
  /// SHA-256 of the SubjectPublicKeyInfo.
  public var key: String
  /// The order's transaction identifier.
  public var order: String
  /// Why the device refused it, if it did.
  public var refusal: String?
  /// When it arrived here.
  public var createdAt: Date
}

/// A gateway as the admin API shows it.
public struct GatewayView: Codable, Sendable, Equatable {
  /// Also the CN of its certificate.
  public var name: String
  /// Whether it may connect.
  public var state: GatewayState
  /// Whether it is connected now.
  public var connected: Bool
  /// The serial number of its certificate.
  public var serial: String?
  /// The end of its certificate.
  public var notAfter: Date?
  /// When it was first enrolled.
  public var createdAt: Date
}

/// One page of a list.
public struct PageView<Item: Codable & Sendable>: Codable, Sendable {
  /// In the order of the list.
  public var items: [Item]
  /// What to pass as `after` for the next page.
  public var next: String?
}

/// The body of `POST /api/v1/devices`.
public struct DeviceAddition: Codable, Sendable {
  /// The serial number.
  public var id: String
  /// For people.
  public var model: String?
  /// Its bootstrap key's thumbprint, from its label. Without one it waits for an administrator when it first calls.
  public var thumbprint: String?

  /// A device to be added.
  public init(id: String, model: String? = nil, thumbprint: String? = nil) {
    self.id = id
    self.model = model
    self.thumbprint = thumbprint
  }
}

/// The body of `POST /api/v1/gateways`.
public struct GatewayEnrolment: Codable, Sendable {
  /// A DNS label in lower case.
  public var name: String
  /// The PKCS#10 in PEM.
  public var request: String
  /// Whether it may take the place of a gateway of this name that has another key; without, that is refused.
  public var replace: Bool?

  /// A gateway to be enrolled.
  public init(name: String, request: String, replace: Bool? = nil) {
    self.name = name
    self.request = request
    self.replace = replace
  }
}

/// The answer to a gateway's enrolment; all PEM.
public struct GatewayCredentials: Codable, Sendable {
  /// The gateway's own.
  public var certificate: String
  /// The intermediates.
  public var chain: String
  /// The network's anchor, which the gateway must trust.
  public var anchor: String
}

/// How the manager is.
public struct StatusView: Codable, Sendable {
  /// The network's name.
  public var network: String
  /// How many devices are in each state; states with none are left out.
  public var devices: [String: Int]
  /// How many gateways are connected now.
  public var gatewaysConnected: Int
  /// The end of the registration authority's certificate; none until the CA has issued one.
  public var registrationAuthorityUntil: Date?
  /// Why the CA takes no orders from this manager; none as long as it does.
  public var registrationAuthorityRefusal: String?
  /// What is known of the CAs' lists of what they revoked.
  public var lists: [ListView]?
}

/// A problem document (RFC 9457). `type` is `urn:muster:problem:` and the code.
public struct ProblemDocument: Codable, Sendable, Equatable {
  /// ``typePrefix`` and the error's code.
  public var type: String
  /// The kind of problem, for people.
  public var title: String
  /// The HTTP status.
  public var status: Int
  /// What happened and why.
  public var detail: String
  /// What to try.
  public var remedy: String?

  /// What every `type` begins with.
  public static let typePrefix = "urn:muster:problem:"
}

/// How the admin API writes and reads JSON.
public enum AdminJSON {
  /// Sorted keys, dates in RFC 3339 with milliseconds.
  public static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom(ManagerDate.encode)
    return encoder
  }

  /// Reads what ``encoder`` writes.
  public static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom(ManagerDate.decode)
    return decoder
  }
}
