/// A manufacturer usage description (RFC 8520): what a kind of device is made to talk to, as access lists (RFC 8519).
///
/// What is read and what is refused: docs/whitelist.md. Nothing that narrows or widens is passed over.
struct MUDFile {
  /// An entry of an access list.
  struct Entry {
    let place: String
    let matches: PolicyNode
  }

  let url: String
  /// From the device, in order.
  private(set) var outgoing: [Entry] = []
  /// To the device.
  private(set) var incoming: [Entry] = []

  /// Fields that describe and decide nothing.
  private static let describing = [
    "mud-version", "last-update", "cache-validity", "is-supported", "systeminfo", "mfg-name", "model-name",
    "firmware-rev", "software-rev", "documentation", "mud-signature",
  ]

  init(_ bytes: [UInt8], file: String) throws(PolicyError) {
    let root = try PolicyNode(json: bytes, file: file)
    let fields = try root.fields(["ietf-mud:mud", "ietf-access-control-list:acls"])
    guard let mud = fields.first(where: { $0.key == "ietf-mud:mud" })?.value,
      let lists = fields.first(where: { $0.key == "ietf-access-control-list:acls" })?.value
    else { throw root.fault(.missingField, "there is no 'ietf-mud:mud' or no 'ietf-access-control-list:acls'.") }
    var names: [(name: String, isOutgoing: Bool)] = []
    var url: String?
    for (key, value) in try mud.fields(Self.describing + ["mud-url", "from-device-policy", "to-device-policy"]) {
      switch key {
      case "mud-url": url = try value.text()
      case "from-device-policy": names += try Self.names(value).map { ($0, true) }
      case "to-device-policy": names += try Self.names(value).map { ($0, false) }
      case "mud-version":
        guard try value.text() == "1" else { throw value.fault(.unsupported, "only version 1 is known.") }
      default: break
      }
    }
    guard let url else { throw mud.fault(.missingField, "there is no 'mud-url'.") }
    self.url = url
    var used: Set<String> = []
    for (key, value) in try lists.fields(["acl"]) where key == "acl" {
      for list in try value.items() {
        let (name, entries) = try Self.list(list)
        let uses = names.filter { $0.name == name }
        guard !uses.isEmpty else { throw list.fault(.unsupported, "no policy names the access list '\(name)'.") }
        guard used.insert(name).inserted else { throw list.fault(.duplicate, "'\(name)' is there twice.") }
        for use in uses { if use.isOutgoing { outgoing += entries } else { incoming += entries } }
      }
    }
    for (name, _) in names where !used.contains(name) {
      throw mud.fault(.unknownName, "there is no access list '\(name)'.")
    }
  }

  private static func names(_ node: PolicyNode) throws(PolicyError) -> [String] {
    var names: [String] = []
    for (_, lists) in try node.fields(["access-lists"]) {
      for (_, list) in try lists.fields(["access-list"]) {
        for item in try list.items() {
          for (_, name) in try item.fields(["name"]) { names.append(try name.text()) }
        }
      }
    }
    return names
  }

  private static func list(_ node: PolicyNode) throws(PolicyError) -> (String, [Entry]) {
    var name: String?
    var entries: [Entry] = []
    for (key, value) in try node.fields(["name", "type", "aces"]) {
      switch key {
      case "name": name = try value.text()
      case "type":
        guard ["ipv4-acl-type", "ipv6-acl-type"].contains(try value.text()) else {
          throw value.fault(.unsupported, "access lists of this type have nothing to do with certificates.")
        }
      default:
        for (_, aces) in try value.fields(["ace"]) {
          for ace in try aces.items() { entries.append(try entry(ace)) }
        }
      }
    }
    guard let name else { throw node.fault(.missingField, "an access list has a name.") }
    return (name, entries)
  }

  private static func entry(_ node: PolicyNode) throws(PolicyError) -> Entry {
    var (matches, isAccepted): (PolicyNode?, Bool) = (nil, false)
    for (key, value) in try node.fields(["name", "matches", "actions"]) {
      switch key {
      case "matches": matches = value
      case "actions":
        for (_, forwarding) in try value.fields(["forwarding"]) {
          // A list has no order and forbids nothing: what is dropped between what is accepted has no counterpart.
          guard ["accept", "ietf-access-control-list:accept"].contains(try forwarding.text()) else {
            throw forwarding.fault(.unsupported, "only 'accept' can be expressed.")
          }
          isAccepted = true
        }
      default: break
      }
    }
    guard let matches, isAccepted else { throw node.fault(.missingField, "an entry has 'matches' and 'actions'.") }
    return Entry(place: matches.place, matches: matches)
  }
}
