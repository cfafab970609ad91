import PKI
import SwiftASN1
import X509

/// `ca.yaml` as it is written.
struct SettingsDocument: StrictDecodable {
  let url: String
  let issuer: Int?
  let profiles: [String: ProfileDocument]

  enum CodingKeys: String, CodingKey, CaseIterable { case url, issuer, profiles }

  init(from decoder: any Decoder) throws {
    let values = try Self.container(decoder, CodingKeys.self)
    url = try values.decode(String.self, forKey: .url)
    issuer = try values.decodeIfPresent(Int.self, forKey: .issuer)
    profiles = try values.decode([String: ProfileDocument].self, forKey: .profiles)
  }
}

/// One profile of it. What is left out is not allowed, or not said.
struct ProfileDocument: StrictDecodable {
  struct SubjectRules: StrictDecodable {
    let required: [String]
    let optional: [String]
    let fixed: [String: String]

    enum CodingKeys: String, CodingKey, CaseIterable { case required, optional, fixed }

    init(from decoder: any Decoder) throws {
      let values = try Self.container(decoder, CodingKeys.self)
      required = try values.decode([String].self, forKey: .required)
      optional = try values.decodeIfPresent([String].self, forKey: .optional) ?? []
      fixed = try values.decodeIfPresent([String: String].self, forKey: .fixed) ?? [:]
    }
  }

  struct NameRules: StrictDecodable {
    let least: Int
    let most: Int
    let under: [String]

    enum CodingKeys: String, CodingKey, CaseIterable { case least, most, under }

    init(from decoder: any Decoder) throws {
      let values = try Self.container(decoder, CodingKeys.self)
      least = try values.decodeIfPresent(Int.self, forKey: .least) ?? 0
      most = try values.decode(Int.self, forKey: .most)
      under = try values.decodeIfPresent([String].self, forKey: .under) ?? []
      guard 0 <= least, least <= most, most <= PKILimits.alternativeNames else {
        throw SettingsError("'least' and 'most' of names are not 0 ≤ least ≤ most ≤ \(PKILimits.alternativeNames)")
      }
      guard under.allSatisfy({ $0.isHostName }) else {
        throw SettingsError("a name of 'under' is no domain in lower case")
      }
    }
  }

  let subject: SubjectRules
  let dnsNames: NameRules?
  let ipAddresses: NameRules?
  let leastNames: Int
  let overridden: [String]
  let keyUsage: [String]
  let extendedKeyUsage: [String]
  let policies: [String]
  let pointers: [String]
  let days: Int
  let issuer: Int?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case subject, dnsNames, ipAddresses, leastNames, overridden, keyUsage, extendedKeyUsage, policies, pointers, days,
      issuer
  }

  init(from decoder: any Decoder) throws {
    let values = try Self.container(decoder, CodingKeys.self)
    subject = try values.decode(SubjectRules.self, forKey: .subject)
    dnsNames = try values.decodeIfPresent(NameRules.self, forKey: .dnsNames)
    ipAddresses = try values.decodeIfPresent(NameRules.self, forKey: .ipAddresses)
    leastNames = try values.decodeIfPresent(Int.self, forKey: .leastNames) ?? 0
    overridden = try values.decodeIfPresent([String].self, forKey: .overridden) ?? []
    keyUsage = try values.decodeIfPresent([String].self, forKey: .keyUsage) ?? ["digitalSignature"]
    extendedKeyUsage = try values.decode([String].self, forKey: .extendedKeyUsage)
    policies = try values.decodeIfPresent([String].self, forKey: .policies) ?? []
    pointers = try values.decodeIfPresent([String].self, forKey: .pointers) ?? []
    days = try values.decode(Int.self, forKey: .days)
    issuer = try values.decodeIfPresent(Int.self, forKey: .issuer)
  }
}

/// Reads a mapping and refuses a key that it does not know: a rule that was misspelt must not be a rule that is not there.
protocol StrictDecodable: Decodable {}

extension StrictDecodable {
  static func container<Key: CodingKey & CaseIterable>(
    _ decoder: any Decoder, _ keys: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let known = Set(keys.allCases.map(\.stringValue))
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      let place = decoder.codingPath.map { $0.stringValue + "." }.joined()
      throw SettingsError("'\(place)\(key.stringValue)' is not a setting that this program knows")
    }
    return try decoder.container(keyedBy: keys)
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
