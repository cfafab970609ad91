import COSE
import OSCORE
import PKI

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The bar (docs/testing.md): handshakes a responder answers, by reference, per second of one core.
let bar = 3000.0
let rounds = 4000

var handshakes = Stopwatch()
var operations = Stopwatch()
do {
  var peers = try Peers()
  var warmUp = Stopwatch()
  for _ in 0..<200 { try peers.handshake(timing: &warmUp) }
  for _ in 0..<rounds {
    try peers.handshake(timing: &handshakes)
    try peers.curveOperations(timing: &operations)
  }
} catch {
  print("a sound handshake failed: \(error)")
  exit(2)
}
let each = handshakes.microseconds / Double(rounds)
let curve = operations.microseconds / Double(rounds)
print("EDHOC responder: \(tenths(each)) µs a handshake, \(Int(1e6 / each)) per second and core (bar \(Int(bar)))")
print("its four P-256 operations: \(tenths(curve)) µs, \(Int(100 * curve / each)) % of it")
exit(1e6 / each < bar ? 1 : 0)

func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
