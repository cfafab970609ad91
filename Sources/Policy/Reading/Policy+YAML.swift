public import PKI
import Whitelist

extension Policy {
  /// Reads policies that are one together: each file adds to the ones before (docs/whitelist.md).
  ///
  /// - Parameters:
  ///   - documents: names of files and their texts.
  ///   - certificate: the issuer in a certificate's file, given the file's name and that of the document that names it.
  /// - Throws: ``PolicyError``, or what `certificate` throws.
  public init(
    yaml documents: [(file: String, text: String)],
    certificate: (_ path: String, _ document: String) throws -> WhitelistTerms.Issuer = { file, _ in
      throw PolicyError(.unsupported, at: file, "certificates' files are not read here.")
    }
  ) throws {
    self.init(network: "")
    for (file, text) in documents {
      try add(PolicyNode(yaml: text, file: file)) { try certificate($0, file) }
    }
    try validate()
  }

  private mutating func add(_ node: PolicyNode, _ certificate: (String) throws -> WhitelistTerms.Issuer) throws {
    let known = ["network", "lists", "issuers", "devices", "groups", "roles", "rules"]
    for (key, value) in try node.fields(known) {
      switch key {
      case "network":
        let name = try value.text()
        guard network.isEmpty || network == name else {
          throw value.fault(.duplicate, "another file is for the network '\(network)'.")
        }
        network = name
      case "lists": lists = try PolicyListTerms(value)
      case "issuers":
        for (name, node) in try value.fields() {
          guard issuers.updateValue(try Self.issuer(node, certificate), forKey: name) == nil else {
            throw node.fault(.duplicate, "the issuer '\(name)' is there already.")
          }
        }
      case "devices":
        for (name, node) in try value.fields() { devices.append(try PolicyDevice(name, node)) }
      case "groups":
        for (name, node) in try value.fields() {
          guard groups.updateValue(try node.selectors(), forKey: name) == nil else {
            throw node.fault(.duplicate, "the group '\(name)' is there already.")
          }
        }
      case "roles":
        for (name, node) in try value.fields() {
          guard roles.updateValue(try PolicyRole(node), forKey: name) == nil else {
            throw node.fault(.duplicate, "the role '\(name)' is there already.")
          }
        }
      default:
        for node in try value.items() { rules.append(try PolicyRule(node, number: rules.count + 1)) }
      }
    }
  }

  private static func issuer(
    _ node: PolicyNode, _ certificate: (String) throws -> WhitelistTerms.Issuer
  ) throws -> WhitelistTerms.Issuer {
    let fields = try node.fields(["name", "key", "certificate"])
    func field(_ name: String) -> PolicyNode? { fields.first { $0.key == name }?.value }
    if let file = field("certificate"), fields.count == 1 { return try certificate(try file.text()) }
    guard let name = field("name"), let key = field("key"), fields.count == 2 else {
      throw node.fault(.missingField, "an issuer has 'name' and 'key', or 'certificate' alone.")
    }
    return WhitelistTerms.Issuer(name: try name.bytes(32...32), key: try key.bytes(32...32))
  }
}
