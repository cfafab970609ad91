import PKI
import Yams

/// Reads one profile out of YAML and goes on after a fault, so that one look shows all.
struct ProfileReader {
  private(set) var faults: [ProfileFault] = []
  private let node: Node
  private let name: Node
  private let path: String

  init(name: Node, node: Node) {
    self.name = name
    self.node = node
    path = "profiles.\(name.string ?? "?")"
  }

  private static let keys = [
    "version", "connector", "label", "subject", "names", "overridden", "keys", "life", "renewal", "enrol",
    "afterExpiryDays", "serverKeyGeneration",
  ]

  /// The profile; without meaning when there are faults.
  mutating func read() -> EnrolmentProfile {
    var profile = EnrolmentProfile()
    if let text = name.string, NameRule.allowsLabel(text), text.utf8.count <= 32 {
      profile.name = text
    } else {
      fail(name, path, "A profile's name is 1 to 32 lower-case letters, digits or hyphens.", "Rename it.")
    }
    guard let fields = fields(node, path, Self.keys) else { return profile }
    guard let version = fields["version"] else {
      fail(node, "\(path).version", "A profile has a version.", "Write 'version: 1', and count on with each change.")
      return profile
    }
    profile.version = number(version, "\(path).version", 1...1_000_000) ?? 1
    if let node = fields["connector"] { profile.connector = choice(node, "\(path).connector") }
    if let node = fields["label"] {
      profile.label = text(node, "\(path).label", "A label is a DNS label.") { NameRule.allowsLabel($0) } ?? ""
    }
    readSubject(fields["subject"], into: &profile)
    readNames(fields["names"], into: &profile)
    if let node = fields["overridden"] { profile.overridden = Set(choices(node, "\(path).overridden")) }
    if let node = fields["keys"], texts(node, "\(path).keys") != ["P-256"] {
      fail(node, "\(path).keys", "P-256 is the one kind of key there is.", "Write 'keys: [P-256]', or leave it out.")
    }
    if let life = fields["life"].flatMap({ self.fields($0, "\(path).life", ["mostDays"]) }) {
      profile.mostDays = life["mostDays"].flatMap { number($0, "\(path).life.mostDays", 1...3_650) }
    }
    readRenewal(fields["renewal"], into: &profile)
    if let node = fields["enrol"] {
      profile.ways = Set(choices(node, "\(path).enrol"))
      if node.sequence?.isEmpty ?? false {
        fail(node, "\(path).enrol", "Nobody could enrol.", "Name code, approval or certificate.")
      }
    }
    if let node = fields["afterExpiryDays"] {
      profile.afterExpiryDays = number(node, "\(path).afterExpiryDays", 0...365) ?? 0
    }
    if let node = fields["serverKeyGeneration"], node.bool != false {
      fail(
        node, "\(path).serverKeyGeneration", "Keys are made by who keeps them; the manager makes none for devices.",
        "Write 'false', or leave it out.")
    }
    return profile
  }

  private mutating func readSubject(_ node: Node?, into profile: inout EnrolmentProfile) {
    guard let node, let fields = fields(node, "\(path).subject", ["organization", "commonName"]) else { return }
    if let node = fields["organization"] {
      profile.organization = text(node, "\(path).subject.organization", "An organization has 1 to 64 characters.") {
        (1...64).contains($0.count)
      }
    }
    if let node = fields["commonName"] { profile.commonName = choice(node, "\(path).subject.commonName") ?? .id }
  }

  private mutating func readNames(_ node: Node?, into profile: inout EnrolmentProfile) {
    guard let node, let fields = fields(node, "\(path).names", ["own", "further", "under", "addresses"]) else { return }
    let path = "\(path).names"
    if let node = fields["own"] { profile.ownName = choice(node, "\(path).own") ?? .required }
    if let node = fields["further"] { profile.furtherNames = number(node, "\(path).further", 0...4) ?? 0 }
    if let node = fields["addresses"] { profile.addresses = number(node, "\(path).addresses", 0...4) ?? 0 }
    if let node = fields["under"] {
      profile.domains = texts(node, "\(path).under") ?? []
      if !profile.domains.allSatisfy(\.isHostName) {
        fail(node, "\(path).under", "A domain is a host name in lower case.", "Write such as 'plant.example'.")
      }
    }
    guard profile.furtherNames == 0 || !profile.domains.isEmpty else {
      return fail(
        node, "\(path).under", "Further names are allowed, and in no domain: a device could take anybody's name.",
        "Name the domains.")
    }
  }

  private mutating func readRenewal(_ node: Node?, into profile: inout EnrolmentProfile) {
    guard let node, let share = fields(node, "\(path).renewal", ["share"])?["share"] else { return }
    guard let value = share.float, (0.1...0.95).contains(value) else {
      return fail(share, "\(path).renewal.share", "A share is a number from 0.1 to 0.95.", "Write '0.66'.")
    }
    profile.renewalShare = value
  }
}

extension ProfileReader {
  private mutating func fail(_ node: Node, _ key: String, _ reason: String, _ remedy: String) {
    faults.append(ProfileFault(line: node.mark?.line ?? 0, key: key, reason: reason, remedy: remedy))
  }

  /// The values of a mapping, whose keys are all known: a misspelt rule is no rule that is not there.
  private mutating func fields(_ node: Node, _ path: String, _ known: [String]) -> [String: Node]? {
    guard let mapping = node.mapping else {
      fail(node, path, "Here is a mapping of keys to values expected.", "It may have \(known.joined(separator: ", ")).")
      return nil
    }
    var fields: [String: Node] = [:]
    for (key, value) in mapping {
      guard let text = key.string, known.contains(text) else {
        fail(
          key, "\(path).\(key.string ?? "?")", "There is no such key.", "Known are \(known.joined(separator: ", ")).")
        continue
      }
      fields[text] = value
    }
    return fields
  }

  private mutating func number(_ node: Node, _ path: String, _ range: ClosedRange<Int>) -> Int? {
    guard let value = node.int, range.contains(value) else {
      fail(node, path, "This is no number from \(range.lowerBound) to \(range.upperBound).", "Write such a number.")
      return nil
    }
    return value
  }

  private mutating func text(
    _ node: Node, _ path: String, _ rule: String, _ isGood: (String) -> Bool
  ) -> String? {
    guard let text = node.string, isGood(text) else {
      fail(node, path, rule, "Write such a text.")
      return nil
    }
    return text
  }

  private mutating func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ path: String
  ) -> Value? {
    guard let value = node.string.flatMap(Value.init(rawValue:)) else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      fail(node, path, "'\(node.string ?? "?")' is none of its values.", "Write one of \(known).")
      return nil
    }
    return value
  }

  private mutating func texts(_ node: Node, _ path: String) -> [String]? {
    guard let list = node.sequence else {
      fail(node, path, "Here is a list expected.", "Write '[…]'.")
      return nil
    }
    return list.compactMap { text($0, path, "Here is a text expected.") { !$0.isEmpty } }
  }

  private mutating func choices<Value: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ path: String
  ) -> [Value] {
    guard let list = node.sequence else {
      fail(node, path, "Here is a list expected.", "Write '[…]'.")
      return []
    }
    return list.compactMap { choice($0, path) }
  }
}
