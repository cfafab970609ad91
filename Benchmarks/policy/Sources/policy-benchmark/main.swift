import PKI
import Policy

// 100,000 devices with 50 peers each, unless the first argument is another number of devices. One thread does everything.
let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000
let clock = ContinuousClock()
let policy = Plant.policy(devices: count)
var compiled = try CompiledPolicy(Policy(network: "none"))

func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

func report(_ name: String, _ value: Double, _ unit: String, atMost bar: Double? = nil) {
  let verdict = bar.map { "  bar <= \($0): \(value <= $0 ? "reached" : "MISSED")" } ?? ""
  print("  \(name): \((value * 1_000).rounded() / 1_000) \(unit)\(verdict)")
}

print("\(count) devices, 50 peers each")
let linking = try clock.measure { compiled = try CompiledPolicy(policy) }
var entries = 0
let listing = clock.measure {
  for device in policy.devices {
    entries += compiled.list(of: device.name, epoch: 1, number: 1, at: 1_800_000_000)?.entries.count ?? 0
  }
}
precondition(entries >= (count / 51) * 51 * 50, "a list has too few entries")
report("compiling to \(entries) entries", seconds(linking + listing), "s", atMost: 60)
report("  of which pairs and rules", seconds(linking), "s")

let signer = SigningKey()
let sample = min(count, 5_000)
let signing = try clock.measure {
  for device in policy.devices.prefix(sample) {
    _ = try compiled.list(of: device.name, epoch: 1, number: 1, at: 1_800_000_000)?.signed(by: signer)
  }
}
report("writing, signing and reading again, a list", seconds(signing) / Double(sample) * 1e6, "us")

// One device gets another certificate; then it moves to another cell.
var device = policy.devices[count / 2]
device.certificates.append(.init(issuer: "ca", serialNumber: [1, 2, 3]))
var changed: [String] = []
let renewing = try clock.measure { changed = try compiled.replace(device) }
report("a device's new certificate: \(changed.count) lists", seconds(renewing) * 1e3, "ms")
device.labels = ["cell-0"]
let moving = try clock.measure { changed = try compiled.replace(device) }
report("a device's move: \(changed.count) lists", seconds(moving) * 1e3, "ms")
