import Foundation
import MockCA

let usage = """
  Measures the CA: orders, OCSP answers, revocations. 'taskset -c 1' before it keeps it on one core.
    --quick   small numbers: whether it runs, not how fast
    --orders  orders only, for a profiler
    --json    the figures as JSON
    --dir D   where the CA's database is made; its disk is part of what is measured
  """

var scale = Scale()
var isJSON = false
var isOrdersOnly = false
var parent = NSTemporaryDirectory()
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
  switch argument {
  case "--quick": scale = .quick
  case "--orders": isOrdersOnly = true
  case "--json": isJSON = true
  case "--dir": parent = arguments.popFirst() ?? parent
  default:
    print(usage)
    exit(argument == "--help" ? 0 : 64)
  }
}

let directory = parent + "/ca-benchmark-\(getpid())"
do {
  let figures = isOrdersOnly ? try await orders(scale, in: directory) : try await run(scale, in: directory)
  try? FileManager.default.removeItem(atPath: directory)
  if isJSON {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(figures), as: UTF8.self))
  } else {
    print("The CA on \(Machine.cores.map { "core \($0)" } ?? "all cores"), \(scale.callers) callers:")
    for figure in figures { print(figure.line) }
  }
} catch {
  try? FileManager.default.removeItem(atPath: directory)
  print("the benchmark failed: \(error)")
  exit(2)
}

func run(_ scale: Scale, in directory: String) async throws -> [Figure] {
  let (figures, revocations) = try await runOnce(scale, in: directory)
  // The first has ended: one process holds the directory at a time.
  let restarted = try await UnservedCA(directory: directory)
  let list = try await revocations.afterStart(restarted)
  let memory = Machine.peakMemoryMiB.map { [Figure(name: "resident memory, at most", value: $0, unit: "MiB")] }
  return figures + revocations.figures + list + (memory ?? [])
}

func orders(_ scale: Scale, in directory: String) async throws -> [Figure] {
  try MockCA.initialize(directory: directory, now: Date())
  let ca = try await UnservedCA(directory: directory)
  let manager = try await Manager(enrollingAt: ca, directory: directory)
  return try await Orders(ca, manager, scale).figures
}

func runOnce(_ scale: Scale, in directory: String) async throws -> ([Figure], Revocations) {
  try MockCA.initialize(directory: directory, now: Date())
  let ca = try await UnservedCA(directory: directory)
  let manager = try await Manager(enrollingAt: ca, directory: directory)
  let orders = try await Orders(ca, manager, scale)
  let answers = try await Answers(ca, orders.certificates, scale)
  return (orders.figures + answers.figures, try await Revocations(ca, manager, scale))
}
