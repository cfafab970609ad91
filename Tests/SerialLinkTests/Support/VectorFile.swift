import Foundation
import Testing

/// docs/spec/link-vectors.txt, line by line.
struct VectorFile {
  /// One line: its number, for the reader of a failure, and its words.
  struct Line {
    var number: Int
    var words: [Substring]
    func bytes(_ word: Int) throws -> [UInt8] {
      try #require(unhexed(words.count > word ? words[word] : ""), "line \(number)")
    }
  }

  static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "../../..").standardized
  static let path = root.appending(path: "docs/spec/link-vectors.txt").path(percentEncoded: false)

  let lines: [Line]

  init() throws {
    let text = try String(contentsOfFile: Self.path, encoding: .utf8)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
      let words = line.split(separator: " ")
      return words.isEmpty || words[0] == "#" ? nil : Line(number: number + 1, words: words)
    }
  }

  func lines(_ kind: String) -> [Line] { lines.filter { $0.words[0] == kind } }

  /// The lines of each transcript, its head first.
  var transcripts: [[Line]] {
    var transcripts: [[Line]] = []
    for line in lines {
      if line.words[0] == "transcript" {
        transcripts.append([line])
      } else if !transcripts.isEmpty {
        transcripts[transcripts.count - 1].append(line)
      }
    }
    return transcripts
  }
}
