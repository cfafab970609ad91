import Demo
import Foundation

/// `qemu/line.py` between a board and the gateway: a line that can be cut and mended.
actor LineCutter {
  nonisolated let path: String
  private nonisolated let control: String
  private let program: Program

  init(board: Board, network: Network, record: PIDRecord) async throws {
    path = "\(network.workspace.sockets)/\(board.serialNumber)-line"
    control = "\(network.workspace.sockets)/\(board.serialNumber)-control"
    program = Program(
      "line", executable: Laboratory.repository + "/qemu/line.py",
      arguments: ["--device", board.line, "--gateway", path, "--control", control], events: network.events,
      logPath: network.workspace.log(of: "line"), record: record)
    try await program.start()
    for _ in 0..<200 where !FileManager.default.fileExists(atPath: path) {
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  func cut(_ isCut: Bool) async throws {
    let script = """
      import socket, sys
      with socket.socket(socket.AF_UNIX) as s:
          s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode() + b"\\n"); print(s.recv(4096).decode())
      """
    try await Command.demand("python3", ["-c", script, control, "{\"cut\": \(isCut)}"])
  }

  func stop() async { await program.stop() }
}
