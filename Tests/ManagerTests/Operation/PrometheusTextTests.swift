import Foundation
import Testing

@testable import Manager

@Suite("Metrics as Prometheus reads them")
struct PrometheusTextTests {
  @Test("Prometheus's own parser reads back what was written, whatever the labels hold")
  func parsed() async throws {
    var text = PrometheusText()
    text.gauge(
      "muster_things", "Things.",
      [.init(labels: ["kind": "a\"b\\c", "at": "x,y}"], value: 2), .init(labels: ["kind": "line\nend"], value: 0.5)])
    text.counter("muster_events_total", "Events.", [.init(value: 1e15)])
    let durations = Durations()
    for seconds in [0.0005, 0.001, 0.002, 40] { durations.add(.seconds(seconds)) }
    text.histogram("muster_wait_seconds", "Waits.", durations.reading)
    let folder = try TemporaryFolder()
    try Data(text.text.utf8).write(to: URL(filePath: "\(folder.path)/metrics"))
    let read = try await Python.run("ManagerTests/oracle/metrics.py", ["\(folder.path)/metrics"]) + "\n"
    #expect(read.contains("muster_things{at=x,y},kind=a\"b\\c} 2\n"))
    #expect(read.contains("muster_things{kind=line\nend} 0.5\n"))
    #expect(read.contains("muster_events_total{} 1000000000000000\n"))
    #expect(read.contains("muster_wait_seconds_bucket{le=0.001} 2\n"))
    #expect(read.contains("muster_wait_seconds_bucket{le=0.0025} 3\n"))
    #expect(read.contains("muster_wait_seconds_bucket{le=30} 3\n"))
    #expect(read.contains("muster_wait_seconds_bucket{le=+Inf} 4\n"))
    #expect(read.contains("muster_wait_seconds_count{} 4\n"))
    #expect(read.contains("muster_wait_seconds_sum{} 40.0035\n"))
  }

  @Test("A duration on a bound belongs to it, and one beyond all bounds is counted")
  func bounds() {
    let durations = Durations()
    durations.add(.milliseconds(1))
    durations.add(.seconds(31))
    #expect(durations.reading.counts.first == 1)
    #expect(durations.reading.counts.last == 1)
  }
}
