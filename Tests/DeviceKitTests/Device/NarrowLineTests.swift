import CoAP
import Crypto
import DeviceKit
import SessionPeer
import Testing

@Suite("A device on a line that takes short messages only")
struct NarrowLineTests {
  /// So long that a registration does not fit where a shorter one would.
  private static let model: StaticString = "a bench with a name that is as long as that of a real product"
  private static let widths = Array(0..<160) + [161, 200, 255, 256, 300, 400, 511, 512]

  @Test(
    "Whatever length the other end takes, a device goes on, and its session with it", arguments: widths,
    [DeviceState.certified, .keyMade])
  func everyLength(width: Int, state: DeviceState) throws {
    let bench = Bench(model: Self.model)
    try bench.restart()
    let network = TestNetwork()
    if state == .certified {
      _ = try bench.enrol(network)
    } else {
      bench.provision(network)
      #expect(bench.requestCSR(network)?.code == .changed)
    }
    let sessions = bench.manager.sessions
    bench.lineBytes = width
    bench.linkDidComeUp()
    for _ in 0..<3 {
      bench.now = try #require(bench.deadline)
      _ = bench.nextFrame()
      for message in [TestMessage(.get, "status"), TestMessage(.get, "crt"), TestMessage(.post, "csr", .cbor, [0xA0])] {
        let request = try bench.manager.protect(request: message.frame).frame
        #expect(bench.handle(request).count <= width)
      }
    }
    bench.lineBytes = bench.maxMessageBytes
    bench.linkDidComeUp()
    bench.now = max(bench.now, try #require(bench.deadline))
    #expect(["register", "report"].contains(bench.nextRequest()?.path))
    #expect(bench.ask(.get, "status")?.code == .content)
    #expect(bench.manager.sessions == sessions, "no handshake was needed")
  }

  @Test("Nor does a handshake on it trap, and the next one on a wider line succeeds", arguments: widths)
  func handshakes(width: Int) throws {
    let bench = Bench(model: Self.model)
    try bench.restart()
    let network = TestNetwork()
    #expect(bench.provision(network)?.code == .changed)
    bench.lineBytes = width
    for _ in 0..<3 {
      bench.now = try #require(bench.deadline)
      _ = bench.nextRequest()
    }
    bench.lineBytes = bench.maxMessageBytes
    #expect(bench.requestCSR(network)?.code == .changed)
  }

  @Test("A device in factory state answers nothing on it, or what fits", arguments: widths)
  func factory(width: Int) throws {
    let bench = Bench(model: Self.model)
    try bench.restart()
    bench.lineBytes = width
    let answer = bench.ask(.get, "id")
    #expect(answer == nil || answer?.code == .content || answer?.code == .internalServerError)
    bench.lineBytes = bench.maxMessageBytes
    #expect(bench.provision(TestNetwork())?.code == .changed)
  }
}
