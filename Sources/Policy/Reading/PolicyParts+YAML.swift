import PKI
import Whitelist

extension PolicyListTerms {
  init(_ node: PolicyNode) throws(PolicyError) {
    self.init()
    let known = ["renewHours", "expireHours", "stalePolicy", "timeMode", "offlineRestarts"]
    for (key, value) in try node.fields(known) {
      switch key {
      case "renewHours": renewSeconds = try value.number(in: 1...876_000) * 3_600
      case "expireHours": expireSeconds = try value.number(in: 1...876_000) * 3_600
      case "stalePolicy": stalePolicy = try value.word(of: PolicyWords.stalePolicies)
      case "timeMode": timeMode = try value.word(of: PolicyWords.timeModes)
      default: offlineRestarts = try value.number(in: 0...65_535)
      }
    }
    guard renewSeconds <= expireSeconds else {
      throw node.fault(.value, "'expireHours' is less than 'renewHours'.")
    }
  }
}

extension PolicyDevice {
  init(_ name: String, _ node: PolicyNode) throws(PolicyError) {
    self.init(name)
    var (bytes, entries) = (WhitelistLimits.listBytes, WhitelistLimits.entries)
    for (key, value) in try node.fields(["thumbprint", "labels", "certificates", "maxEntries", "maxBytes"]) {
      switch key {
      case "thumbprint": thumbprint = try value.bytes(32...32)
      case "labels": for item in try value.items() { labels.append(try item.text()) }
      case "certificates": for item in try value.items() { certificates.append(try Certificate(item)) }
      case "maxEntries": entries = try value.number(in: 0...WhitelistLimits.entries)
      default: bytes = try value.number(in: 1...WhitelistLimits.listBytes)
      }
    }
    capacity = WhitelistCapacity(listBytes: bytes, entries: entries)
  }
}

extension PolicyDevice.Certificate {
  fileprivate init(_ node: PolicyNode) throws(PolicyError) {
    self.init(issuer: "", serialNumber: [])
    for (key, value) in try node.fields(["issuer", "serialNumber", "pin"]) {
      switch key {
      case "issuer": issuer = try value.text()
      case "serialNumber": serialNumber = try value.bytes(1...WhitelistLimits.serialNumberBytes)
      default: pin = try value.bytes(32...32)
      }
    }
    guard !issuer.isEmpty, !serialNumber.isEmpty else {
      throw node.fault(.missingField, "a certificate has 'issuer' and 'serialNumber'.")
    }
  }
}

extension PolicyRole {
  init(_ node: PolicyNode) throws(PolicyError) {
    self.init(members: [], accepts: [])
    for (key, value) in try node.fields(["members", "accepts"]) {
      if key == "members" {
        members = try value.selectors()
      } else {
        for item in try value.items() {
          _ = try item.fields(WhitelistTerms.Rule.words)
          accepts.append(try WhitelistTerms.Rule(use: item))
        }
      }
    }
  }
}

extension PolicyRule {
  /// - Parameter number: what it is called by when it has no name.
  init(_ node: PolicyNode, number: Int) throws(PolicyError) {
    self.init("rule \(number)", from: [], to: [], use: nil)
    var isThere = (from: false, to: false)
    for (key, value) in try node.fields(["name", "from", "to"] + WhitelistTerms.Rule.words) {
      switch key {
      case "name": name = try value.text()
      case "from": (from, isThere.from) = (try value.selectors(), true)
      case "to": (to, isThere.to) = (try value.selectors(), true)
      default: use = try WhitelistTerms.Rule(use: node)
      }
    }
    guard isThere.from, isThere.to else { throw node.fault(.missingField, "a rule has 'from' and 'to'.") }
  }
}

extension WhitelistTerms.Rule {
  /// What says what may be spoken.
  static let words = ["protocols", "transports", "ports", "leastTLS"]

  /// The uses among a map's fields.
  init(use node: PolicyNode) throws(PolicyError) {
    self.init()
    for (key, value) in try node.fields() {
      switch key {
      case "protocols": protocols = try value.values("protocol", PolicyWords.application)
      case "transports": transports = try value.values("transport", PolicyWords.transport)
      case "ports": ports = try value.values("port or range of ports", PolicyWords.ports)
      case "leastTLS":
        guard let version = PolicyWords.tlsVersion(try value.text()) else {
          throw value.fault(.value, "there should be 1.2 or 1.3 here.")
        }
        leastTLSVersion = version
      default: break  // the rule's own fields, which its reader knows
      }
    }
  }
}

extension PolicyNode {
  fileprivate func word<Value>(of words: [(String, Value)]) throws(PolicyError) -> Value {
    let text = try self.text()
    guard let value = words.first(where: { $0.0 == text })?.1 else {
      throw fault(.value, "'\(text)' is none of \(words.map(\.0).joined(separator: ", ")).")
    }
    return value
  }

  /// Any number of values, or `any`.
  fileprivate func values<Value>(_ kind: String, _ read: (String) -> Value?) throws(PolicyError) -> [Value]? {
    if case .scalar("any") = value { return nil }
    var values: [Value] = []
    for item in try items() {
      let text = try item.text()
      guard let value = read(text) else { throw item.fault(.value, "'\(text)' is no \(kind).") }
      values.append(value)
    }
    guard !values.isEmpty else { throw fault(.value, "an empty list allows nothing; 'any' allows everything.") }
    return values
  }
}
