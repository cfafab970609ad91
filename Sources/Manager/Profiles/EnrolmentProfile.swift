import Foundation
import PKI

/// What a product line's devices may ask for, who of them may ask, and what becomes of it: data, not code (docs/est.md).
///
/// The values that a profile has without being told are those of ``builtIn``, which is what devices on serial lines get.
struct EnrolmentProfile: Sendable, Equatable {
  /// How a device may prove that it is to have a certificate.
  enum Way: String, Sendable, CaseIterable {
    /// By a one-time code of `muster device invite`.
    case code
    /// By nothing: an administrator compares the key's fingerprint and approves.
    case approval
    /// By the certificate that this manager ordered for it before.
    case certificate
  }

  /// Which CN a request may have.
  enum CommonName: String, Sendable, CaseIterable {
    /// The device's id.
    case id
    /// Any.
    case free
  }

  /// Whether a request asks for the DNS name that the network gives to a device of its id.
  enum OwnName: String, Sendable, CaseIterable {
    /// It must, where the network gives names.
    case required
    case optional
    case none
  }

  /// A DNS label in lower case: it stands in EST's paths.
  var name = "device"
  /// Counts what was changed about it; it stands in the audit trail beside each order.
  var version = 1
  /// Who certifies; nil for whomever the manager has.
  var connector: Connector?
  /// The CA's profile.
  var label = "device"
  /// The O that a request must have; nil for the network's name.
  var organization: String?
  var commonName = CommonName.id
  var ownName = OwnName.required
  /// How many further DNS names a request may ask for.
  var furtherNames = 0
  /// The domains that the further names are in.
  var domains: [String] = []
  /// How many IP addresses a request may ask for.
  var addresses = 0
  /// Extensions that a request may ask for to no effect.
  var overridden: Set<OverriddenExtension> = []
  /// The longest life of a certificate that is taken from the CA, in days; nil for what the CA gives.
  var mostDays: Int?
  /// The share of a certificate's life after which it is to be renewed: 0.1 to 0.95.
  var renewalShare = RenewalRule.share
  var ways: Set<Way> = Set(Way.allCases)
  /// For how many days after its end a certificate still serves to ask for the next.
  var afterExpiryDays = 0

  /// What there is without any file.
  static let builtIn = EnrolmentProfile()
}

/// The profiles of a manager by their names; the built-in one is among them unless a file has one of its name.
struct EnrolmentProfiles: Sendable, Equatable {
  private(set) var named: [String: EnrolmentProfile] = [EnrolmentProfile.builtIn.name: .builtIn]

  init(_ profiles: [EnrolmentProfile] = []) {
    for profile in profiles { named[profile.name] = profile }
  }

  /// Reads files, later ones win.
  ///
  /// - Throws: ``ManagerError`` with code `configuration`, which names the first fault and counts the others.
  init(files: [String], connector: Connector) throws(ManagerError) {
    var all: [EnrolmentProfile] = []
    for file in files {
      let document = try ProfileDocument(file: file)
      if let fault = document.faults.first {
        let more = document.faults.count > 1 ? " (and \(document.faults.count - 1) more)" : ""
        throw ManagerError(
          .configuration, "\(file):\(fault.line): \(fault.key): \(fault.reason)\(more)",
          remedy: "\(fault.remedy) 'muster profile check \(file)' shows all.")
      }
      if let other = document.profiles.first(where: { $0.connector.map { $0 != connector } ?? false }) {
        throw ManagerError(
          .configuration,
          "\(file): profile '\(other.name)' has another connector than this manager's '\(connector.rawValue)'.",
          remedy: "Leave 'connector' out of the profile, or change the manager's.")
      }
      if connector == .local, let other = document.profiles.first(where: { $0.label != EnrolmentProfile.builtIn.label })
      {
        throw ManagerError(
          .configuration,
          "\(file): profile '\(other.name)' has the label '\(other.label)', and the manager's sub-CA certifies devices only.",
          remedy: "Leave 'label' out of the profile.")
      }
      all += document.profiles
    }
    self.init(all)
  }
}
