import PKI
import Whitelist

extension PolicyPart {
  /// Makes rules of a MUD file (RFC 8520).
  ///
  /// - Parameters:
  ///   - bytes: the file, JSON.
  ///   - file: its name.
  ///   - devices: the devices that it describes.
  ///   - peers: whom the file's names of peers stand for (``MUDMatch/peer``).
  /// - Throws: ``PolicyError`` naming the part that a whitelist cannot express, or the peer that stands for nobody.
  public init(
    mud bytes: [UInt8], file: String, devices: [PolicySelector], peers: [String: [PolicySelector]]
  ) throws(PolicyError) {
    self.init()
    let mud = try MUDFile(bytes, file: file)
    var flows: [Flow] = []
    var returning: [(flow: Flow, place: String)] = []
    for (entries, isOutgoing) in [(mud.outgoing, true), (mud.incoming, false)] {
      for entry in entries {
        let match = try MUDMatch(entry.matches)
        let (flow, isAnswer) = try Flow.make(match, isOutgoing: isOutgoing, entry.place)
        if isAnswer { returning.append((flow, entry.place)) } else if !flows.contains(flow) { flows.append(flow) }
      }
    }
    // Answers need no rule of their own; but one to nothing is something that was meant and not said.
    for (flow, place) in returning where !flows.contains(flow) {
      throw PolicyError(.unsupported, at: place, "these are answers to what no entry allows to begin.")
    }
    for flow in flows {
      guard let peer = peers[flow.peer] else {
        throw PolicyError(.unknownName, at: "\(file): '\(flow.peer)'", "stands for no devices: say for which.")
      }
      let use = WhitelistTerms.Rule(nil, nil, over: flow.transports, ports: flow.ports.map { [$0] })
      rules.append(
        PolicyRule(
          "\(mud.url) \(rules.count + 1)", from: flow.isBegunByDevice ? devices : peer,
          to: flow.isBegunByDevice ? peer : devices, use: use))
    }
  }
}

/// Who begins with whom: what an entry and that of its answers have in common.
private struct Flow: Equatable {
  let peer: String
  let isBegunByDevice: Bool
  let carrier: MUDMatch.Carrier?
  let ports: ClosedRange<UInt16>?

  /// What protects over a carrier. A MUD file does not say it; OSCORE goes over both.
  var transports: [PeerTransport]? {
    switch carrier {
    case .tcp: [.tls, .oscore]
    case .udp: [.dtls, .oscore, .quic]
    case nil: nil
    }
  }

  /// - Returns: the flow, and whether the entry is that of the answers only.
  static func make(_ match: MUDMatch, isOutgoing: Bool, _ place: String) throws(PolicyError) -> (Flow, Bool) {
    guard let peer = match.peer else {
      throw PolicyError(.unsupported, at: place, "an entry for any peer: a list names those whom it admits.")
    }
    guard match.sourcePorts == nil || match.destinationPorts == nil else {
      throw PolicyError(.unsupported, at: place, "a rule has the ports of who is called, not of both ends.")
    }
    // Ports are those of who is called: the destination's of what begins, the source's of the answers.
    let isAnswer = match.sourcePorts != nil || match.isBegunByDevice.map { $0 != isOutgoing } == true
    let isBegunByDevice = isOutgoing != isAnswer
    guard match.isBegunByDevice.map({ $0 == isBegunByDevice }) != false,
      !isAnswer || match.destinationPorts == nil
    else {
      throw PolicyError(.unsupported, at: place, "its ports and its direction are of two minds about who is called.")
    }
    let flow = Flow(
      peer: peer, isBegunByDevice: isBegunByDevice, carrier: match.carrier,
      ports: isAnswer ? match.sourcePorts : match.destinationPorts)
    return (flow, isAnswer)
  }
}
