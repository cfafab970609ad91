import Whitelist

/// What one entry of an access list matches, as far as a whitelist can say it.
struct MUDMatch: Hashable {
  enum Carrier: String { case tcp, udp }

  /// How the file names the peer: `controller URI`, `my-controller`, `same-manufacturer`, `manufacturer NAME`,
  /// `model URI` or `dns NAME`.
  var peer: String?
  var carrier: Carrier?
  var sourcePorts: ClosedRange<UInt16>?
  var destinationPorts: ClosedRange<UInt16>?
  /// Whether the device begins, where the file says who does.
  var isBegunByDevice: Bool?

  init(_ node: PolicyNode) throws(PolicyError) {
    for (key, value) in try node.fields(["ietf-mud:mud", "ipv4", "ipv6", "tcp", "udp"]) {
      switch key {
      case "ietf-mud:mud": try readPeer(value)
      case "ipv4", "ipv6": try readAddresses(value)
      default: try readPorts(value, try join(carrier, key == "tcp" ? .tcp : .udp, value))
      }
    }
  }

  private mutating func readPeer(_ node: PolicyNode) throws(PolicyError) {
    let known = ["controller", "my-controller", "same-manufacturer", "manufacturer", "model", "local-networks"]
    for (key, value) in try node.fields(known) {
      switch key {
      case "local-networks":
        throw value.fault(.unsupported, "a network has no certificate: name who is in it, by a controller.")
      case "my-controller", "same-manufacturer": peer = try join(peer, key, value)
      default: peer = try join(peer, "\(key) \(try value.text())", value)
      }
    }
  }

  private mutating func readAddresses(_ node: PolicyNode) throws(PolicyError) {
    for (key, value) in try node.fields() {
      switch key {
      case "protocol":
        switch try value.text() {
        case "6": carrier = try join(carrier, .tcp, value)
        case "17": carrier = try join(carrier, .udp, value)
        default: throw value.fault(.unsupported, "only TCP (6) and UDP (17) carry what a list can name.")
        }
      case "ietf-acldns:src-dnsname", "ietf-acldns:dst-dnsname":
        peer = try join(peer, "dns \(try value.text())", value)
      default: throw value.fault(.unsupported, "'\(key)' is about packets, which a list says nothing of.")
      }
    }
  }

  private mutating func readPorts(_ node: PolicyNode, _ carrier: Carrier) throws(PolicyError) {
    self.carrier = carrier
    for (key, value) in try node.fields() {
      switch key {
      case "source-port": sourcePorts = try Self.ports(value)
      case "destination-port": destinationPorts = try Self.ports(value)
      case "ietf-mud:direction-initiated":
        switch try value.text() {
        case "from-device": isBegunByDevice = true
        case "to-device": isBegunByDevice = false
        default: throw value.fault(.value, "there should be from-device or to-device here.")
        }
      default: throw value.fault(.unsupported, "'\(key)' is about packets, which a list says nothing of.")
      }
    }
  }

  private static func ports(_ node: PolicyNode) throws(PolicyError) -> ClosedRange<UInt16> {
    var (port, lower, upper): (UInt16?, UInt16?, UInt16?) = (nil, nil, nil)
    for (key, value) in try node.fields(["operator", "port", "lower-port", "upper-port"]) {
      switch key {
      case "operator":
        guard try value.text() == "eq" else {
          throw value.fault(.unsupported, "only 'eq' and a range can be expressed.")
        }
      case "port": port = try value.number(in: 1...UInt16.max)
      case "lower-port": lower = try value.number(in: 1...UInt16.max)
      default: upper = try value.number(in: 1...UInt16.max)
      }
    }
    if let port, lower == nil, upper == nil { return port...port }
    guard let lower, let upper, port == nil, lower <= upper else {
      throw node.fault(.value, "there should be a port, or a lower and an upper one here.")
    }
    return lower...upper
  }

  /// One thing said twice has to be the same.
  private func join<Value: Equatable>(_ known: Value?, _ value: Value, _ node: PolicyNode) throws(PolicyError) -> Value
  {
    guard known == nil || known == value else {
      throw node.fault(.unsupported, "an entry that asks for two things at once: make two of it.")
    }
    return value
  }
}
