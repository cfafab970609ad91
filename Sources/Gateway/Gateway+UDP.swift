import NIOCore

extension Gateway {
  /// The UDP side while it is open.
  struct UDPSide {
    let channel: any Channel
    let peers: DatagramPeers
    /// Wakes it, and when.
    var timer: (task: Scheduled<Void>, deadline: UInt64)?
  }

  /// Opens the UDP side, if there is to be one.
  /// - Throws: ``GatewayError``.
  func serveUDP() async throws {
    guard let settings = configuration.udp else { return }
    let channel = try await UDPListener.listen(
      at: settings.address, maxDatagramBytes: settings.maxDatagramBytes, on: eventLoop
    ) { bytes, address in
      self.assumeIsolated { gateway in
        guard let udp = gateway.udp else { return }
        gateway.performUDP(udp.peers.receive(bytes, from: address, now: gateway.now))
      }
    }
    udp = UDPSide(
      channel: channel,
      peers: DatagramPeers(settings, generator: SystemRandomNumberGenerator(), now: now))
    report(.udpListening(channel.localAddress.map(UDPAddress.text(of:)) ?? settings.address.description))
  }

  func stopUDP() async {
    udp?.timer?.task.cancel()
    try? await udp?.channel.close()
    udp = nil
  }

  /// Does what the UDP side wants. Lines that come and go with its endpoints are the router's like any other.
  func performUDP(_ actions: [DatagramPeers.Action]) {
    for action in actions {
      switch action {
      case .write(let bytes, let address): write(bytes, to: address)
      case .up(let line): router.lineAppeared(line, maxMessageBytes: maxMessageBytes)
      case .down(let line): perform(router.lineVanished(line, now: now))
      case .message(let line, let frame): perform(router.lineReceived(line, frame, now: now))
      case .delivered(let line): perform(router.lineDelivered(line, now: now))
      case .undelivered(let line): perform(router.lineUndelivered(line, now: now))
      }
    }
    scheduleUDP()
  }

  var udpStatus: GatewayStatus.UDPStatus? {
    udp.map { udp in
      GatewayStatus.UDPStatus(
        address: udp.channel.localAddress.map(UDPAddress.text(of:)) ?? "", endpoints: udp.peers.peers.count,
        verified: udp.peers.peers.values.count { $0.isVerified }, counters: udp.peers.counters)
    }
  }

  // A datagram's header and token of this hop may be eight bytes longer than a frame's.
  private var maxMessageBytes: Int { (configuration.udp?.maxDatagramBytes ?? 0) - 8 }

  private func write(_ bytes: [UInt8], to address: SocketAddress) {
    // What the socket cannot take now is lost, as UDP is: nothing may queue for those who never asked.
    guard let channel = udp?.channel, channel.isWritable else { return }
    let envelope = AddressedEnvelope(remoteAddress: address, data: channel.allocator.buffer(bytes: bytes))
    channel.writeAndFlush(envelope, promise: nil)
  }

  private func scheduleUDP() {
    let deadline = udp?.peers.deadline
    guard deadline != udp?.timer?.deadline else { return }
    udp?.timer?.task.cancel()
    udp?.timer = deadline.map { deadline in
      let task = wake(at: deadline) { gateway in
        gateway.udp?.timer = nil
        guard let udp = gateway.udp else { return }
        gateway.performUDP(udp.peers.advance(now: gateway.now))
      }
      return (task, deadline)
    }
  }
}
