import Edge
import SwiftASN1
public import X509

/// A subject name of the plain kind that device identities have: one text value per attribute, each attribute once.
public struct Subject: Sendable, Equatable {
  /// The attributes that this system knows; every other one makes a name that is refused.
  public enum Attribute: String, CaseIterable, Sendable {
    case organization = "O"
    case organizationalUnit = "OU"
    case serialNumber = "serialNumber"
    case commonName = "CN"

    var identifier: ASN1ObjectIdentifier {
      switch self {
      case .organization: .RDNAttributeType.organizationName
      case .organizationalUnit: .RDNAttributeType.organizationalUnitName
      case .serialNumber: OID.subjectSerialNumber
      case .commonName: .RDNAttributeType.commonName
      }
    }
  }

  /// The name itself, as it stands in the request.
  public let name: DistinguishedName
  private let values: [Attribute: String]

  /// The value of one attribute.
  public subscript(attribute: Attribute) -> String? { values[attribute] }

  /// The attributes that are present.
  public var attributes: Set<Attribute> { Set(values.keys) }

  /// O: the network's name.
  public var organization: String? { values[.organization] }
  /// serialNumber: the device's serial number (802.1AR).
  public var serialNumber: String? { values[.serialNumber] }
  /// CN: the name of the thing.
  public var commonName: String? { values[.commonName] }

  /// Makes a name in the order O, serialNumber, CN.
  ///
  /// - Throws: ``CertificationRequestRefusal/subjectInvalid`` when a value is empty, too long or has control characters.
  public init(organization: String? = nil, serialNumber: String? = nil, commonName: String) throws {
    var attributes: [RelativeDistinguishedName.Attribute] = []
    if let organization {
      attributes.append(.init(type: Attribute.organization.identifier, utf8String: organization))
    }
    if let serialNumber {
      // X.520 makes serialNumber a PrintableString.
      guard
        let attribute = try? RelativeDistinguishedName.Attribute(
          type: Attribute.serialNumber.identifier, printableString: serialNumber)
      else { throw CertificationRequestRefusal.subjectInvalid }
      attributes.append(attribute)
    }
    attributes.append(.init(type: Attribute.commonName.identifier, utf8String: commonName))
    try self.init(DistinguishedName(attributes))
  }

  /// Reads a name strictly.
  ///
  /// - Throws: ``CertificationRequestRefusal/subjectInvalid``.
  public init(_ name: DistinguishedName) throws(CertificationRequestRefusal) {
    var values: [Attribute: String] = [:]
    for part in name {
      guard part.count == 1, let pair = part.first,
        let attribute = Attribute.allCases.first(where: { $0.identifier == pair.type }),
        let value = String(pair.value), Self.isPlain(value), values[attribute] == nil
      else { throw .subjectInvalid }
      values[attribute] = value
    }
    self.name = name
    self.values = values
  }

  /// Text that cannot play tricks in a log or a table: 1 to 64 characters, no controls.
  private static func isPlain(_ value: String) -> Bool {
    (1...PKILimits.subjectAttributeCharacters).contains(value.unicodeScalars.count)
      && value.isShown
  }
}

extension Subject {
  /// The name in DER: equal bytes are the same subject.
  public var derBytes: [UInt8] {
    get throws { try name.derBytes() }
  }
}

extension Subject: CustomStringConvertible {
  public var description: String { String(describing: name) }
}
